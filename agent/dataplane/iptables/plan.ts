/**
 * From what is wanted and what is held to the least number of writes, as data. Order: sets before the rules that name them,
 * rules before the sets that they no longer name. Nothing differs: no step.
 */
import { CHAIN } from '../../../core/rules/model.ts';
import type { SavedRule } from '../../../core/rules/parse.ts';
import { jumpText, ruleText } from '../../../core/rules/render.ts';
import type { FamilyPlan, Finding, HeldFamily, Step, WantedFamily } from '../driver.ts';
import { leftoverSteps, planSets } from './plan-sets.ts';

export function planFamily(wanted: WantedFamily, held: HeldFamily, pid: number): FamilyPlan {
  const sets = planSets(wanted, held, pid);
  const chain = chainFindings(wanted, held);
  const jump = jumpFindings(held);
  const before = chainTable(held.chain ?? []);
  // a set of another type goes only while no rule of ours names it
  const empty = sets.replace.length > 0 && (held.chain ?? []).length > 0;
  const steps: Step[] = [...leftoverSteps(held)];
  if (empty) steps.push(rulesStep('empty the chain, so that a set of a wrong type can go', chainTable([]), before));
  for (const name of sets.replace) steps.push(removeWrongType(name));
  steps.push(...sets.prepare, ...sets.commit);
  if (chain.length > 0 || jump.length > 0 || empty) {
    const lines = [
      ...(chain.length > 0 || empty ? chainLines(wanted.rules.map(ruleText)) : []),
      ...(jump.length > 0 ? jumpLines(held) : []),
    ];
    steps.push(rulesStep(`write ${CHAIN} and its jump`, table(lines), held.chain === null ? null : before));
  }
  steps.push(...sets.finish);
  return { family: wanted.family, findings: [...chain, ...jump, ...sets.findings], steps };
}

/** Jumps into our chain, wherever in POSTROUTING they stand and whatever else they match. */
export const ownJumps = (held: HeldFamily): SavedRule[] => held.postrouting.filter(({ target }) => target === CHAIN);

function chainFindings(wanted: WantedFamily, held: HeldFamily): Finding[] {
  if (held.chain === null) return [{ reason: 'RuleMissing', message: `chain ${CHAIN} does not exist (${v(held)})` }];
  const want = wanted.rules.map(ruleText);
  const has = held.chain.map(({ text }) => text);
  if (same(want, has)) return [];
  const missing = want.filter((text) => !has.includes(text));
  const extra = has.filter((text, i) => !want.includes(text) || has.indexOf(text) !== i);
  // a rule that still carries the comment of a missing one is that rule, edited
  const edited = extra.filter((text) => missing.some((one) => commentOf(one) === commentOf(text)));
  const lost = missing.filter((text) => !edited.some((one) => commentOf(one) === commentOf(text)));
  const findings: Finding[] = [];
  const say = (reason: Finding['reason'], what: string, texts: readonly string[]): void => {
    if (texts.length > 0) findings.push({ reason, message: `${what} (${v(held)}): ${texts.join(' | ')}` });
  };
  say('RuleMissing', 'rule missing', lost);
  say('RuleChanged', 'rule changed', edited);
  say(
    'RuleExtra',
    'rule that is not wanted',
    extra.filter((text) => !edited.includes(text)),
  );
  if (findings.length === 0)
    findings.push({ reason: 'RuleChanged', message: `rules out of order in ${CHAIN} (${v(held)})` });
  return findings;
}

function jumpFindings(held: HeldFamily): Finding[] {
  const jumps = ownJumps(held);
  const where = `to ${CHAIN} in POSTROUTING (${v(held)})`;
  if (jumps.length === 0) return [{ reason: 'JumpMissing', message: `no jump ${where}` }];
  if (jumps.length > 1) return [{ reason: 'JumpDuplicated', message: `${jumps.length} jumps ${where}` }];
  if (jumps[0]?.text !== jumpText) return [{ reason: 'RuleChanged', message: `changed jump: ${jumps[0]?.text}` }];
  const last = held.postrouting.at(-1);
  return last?.target === CHAIN ? [] : [{ reason: 'JumpNotLast', message: `the jump is not last ${where}` }];
}

const v = (held: HeldFamily): string => `IPv${held.family}`;
const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, i) => text === b[i]);
const commentOf = (text: string): string => /--comment "?(outgate:[0-9a-f]+)/.exec(text)?.[1] ?? text;

/** Naming the chain makes it, or empties it: one transaction, so that no packet sees it empty. */
const chainLines = (rules: readonly string[]): string[] => [`:${CHAIN} - [0:0]`, ...rules];
const jumpLines = (held: HeldFamily): string[] => [
  ...ownJumps(held).map(({ text }) => text.replace(/^-A /, '-D ')),
  jumpText,
];
const table = (lines: readonly string[]): string[] => ['*nat', ...lines, 'COMMIT'];
const chainTable = (rules: readonly SavedRule[]): string[] => table(chainLines(rules.map(({ text }) => text)));

function rulesStep(title: string, lines: readonly string[], undo: readonly string[] | null): Step {
  return { tool: 'rules', title, lines, undo, atomic: true, required: true };
}

function removeWrongType(name: string): Step {
  const title = `remove ${name}, which has a wrong type`;
  return { tool: 'ipset', title, lines: [`destroy ${name}`], undo: null, atomic: true, required: true };
}
