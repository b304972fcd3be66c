/**
 * Walks a packet over the rules and sets as they were read back from a kernel: the programmed truth, rule by rule.
 *
 * Its codes are those of simulate, so that the desired and the programmed answer can be compared. Where several matches of a
 * rule fail, the one that simulate would ask first is named: source, pools, nodes, interface. Anything that this walk cannot
 * read, or that somebody else's rule may decide first, is INDETERMINATE_FOREIGN_RULE, never a guess.
 */

import { contextOf, decidedBefore, type FlowContext, natSource, routeStep } from '../nat/flow-context.ts';
import { passesFilter } from '../nat/interface-filter.ts';
import type { NodeFacts } from '../nat/node-facts.ts';
import { type Checked, protocols } from '../nat/read-flow.ts';
import { step } from '../nat/steps.ts';
import { type Answer, type Flow, type Step, type VerdictCode, verdictOf } from '../nat/verdict.ts';
import { formatAddress, parseAddress } from '../net/address.ts';
import { mayDecide } from './foreign.ts';
import { indexSets, type MemberFinder, scanSets } from './member-of.ts';
import { CHAIN, type Rule, setName } from './model.ts';
import { parseSave, type SavedRule } from './parse-save.ts';
import { ruleOf } from './read-back.ts';

/** A rule in append form, as read back. */
export interface RuleLine {
  readonly chain: string;
  readonly text: string;
}

/**
 * The flow's family, as an agent reports it (wire's ReportedFamily fits): all of POSTROUTING, with the rules of others and our
 * jump, and our chain, in the kernel's order.
 */
export interface ReportedRules {
  readonly rules: readonly RuleLine[];
  readonly sets: readonly { readonly name: string; readonly members: readonly { readonly cidr: string }[] }[];
}

/** Traces one flow. A chain that no jump reaches, or without a rule that fits, NATs nothing. */
export const traceFlow = (reported: ReportedRules, flow: Flow, facts?: NodeFacts): Checked<Answer> =>
  trace(readRules(reported.rules), scanSets(reported.sets), flow, facts);

/** {@link traceFlow} for many flows over the same rules and sets: both are read once. */
export function flowTracer(reported: ReportedRules, facts?: NodeFacts): (flow: Flow) => Checked<Answer> {
  const rules = readRules(reported.rules);
  const finder = indexSets(reported.sets);
  return (flow) => trace(rules, finder, flow, facts);
}

function trace(
  rules: readonly SavedRule[],
  finder: MemberFinder,
  flow: Flow,
  facts: NodeFacts | undefined,
): Checked<Answer> {
  const read = contextOf(flow, facts);
  if (!read.ok) return read;
  const context = read.value;
  const steps: Step[] = [];
  const early = decidedBefore(context, steps);
  if (early !== null) return answer(early, { address: null, interface: null, ports: null }, steps);
  routeStep(context, steps);
  const outcome = walk(rules, packetOf(context, finder), steps);
  if (typeof outcome === 'string') {
    return answer(outcome, { address: null, interface: context.outInterface, ports: null }, steps);
  }
  const fixed = outcome.kind === 'SNAT' ? parseAddress(outcome.address) : null;
  const source = natSource(context, { fixed: fixed?.ok ? fixed.value : null, ports: outcome.ports ?? null }, steps);
  return answer(outcome.kind === 'SNAT' ? 'SNAT_FIXED_ADDRESS' : 'SNAT_MASQUERADE', source, steps);
}

function answer(code: VerdictCode, source: Answer['source'], steps: Step[]): Checked<Answer> {
  return { ok: true, value: { verdict: verdictOf(code), code, source, steps } };
}

interface Packet {
  readonly context: FlowContext;
  /** the member of a set that holds the flow's source or destination; null: none does; undefined: the set is not there */
  readonly member: (set: string, direction: 'src' | 'dst') => string | null | undefined;
  /** what a source outside the source set is */
  readonly sourceCode: VerdictCode;
}

function packetOf(context: FlowContext, finder: MemberFinder): Packet {
  const { from, destination } = context.flow;
  const src = finder(from);
  const dst = finder(destination);
  const inPool = src(setName('exempt', from.family)) != null;
  return {
    context,
    member: (set, direction) => (direction === 'src' ? src : dst)(set),
    sourceCode: inPool ? 'NO_SNAT_POOL_NAT_OFF' : 'NO_SNAT_SOURCE_NOT_IN_POOL',
  };
}

const readRules = (lines: readonly RuleLine[]): SavedRule[] =>
  parseSave(lines.map(({ text }) => text).join('\n')).flatMap(({ chains }) => chains.flatMap((chain) => chain.rules));

/** POSTROUTING up to our jump, then our chain: the target that decides, or the code why none does. */
function walk(rules: readonly SavedRule[], packet: Packet, steps: Step[]): Rule['target'] | VerdictCode {
  const base = rules.filter(({ chain }) => chain === 'POSTROUTING');
  const jump = base.findIndex(({ target }) => target === CHAIN);
  const before = jump < 0 ? base : base.slice(0, jump + 1);
  for (const rule of before) {
    const decides = mayDecide(rule, packet.context.flow, packet.context.outInterface);
    if (rule.target === CHAIN ? isPlainJump(rule) : !decides) continue;
    return foreignStep(rule, steps);
  }
  if (jump < 0) {
    steps.push(step('CHAIN_NOT_REACHED', `No rule of POSTROUTING leads into ${CHAIN}: nothing is NATed by it.`));
    return packet.sourceCode;
  }
  let code = packet.sourceCode;
  for (const [i, saved] of rules.filter(({ chain }) => chain === CHAIN).entries()) {
    const rule = ruleOf(saved.text);
    if (rule === undefined) {
      if (mayDecide(saved, packet.context.flow, packet.context.outInterface)) return foreignStep(saved, steps);
      continue;
    }
    const judged = judge(rule, packet);
    if (judged.code === 'INDETERMINATE_FOREIGN_RULE') return foreignStep(saved, steps);
    const about = saved.comments[0] === undefined ? {} : { rule: saved.comments[0] };
    if (judged.code === null) {
      steps.push(
        step('RULE_MATCHES', `Rule ${i + 1} matches: ${judged.text}. Its target is ${rule.target.kind}.`, about),
      );
      return rule.target;
    }
    steps.push(step('RULE_PASSED_BY', `Rule ${i + 1} passes it by: ${judged.text}.`, about));
    if (judged.code === 'INDETERMINATE_NODE_STALE') return judged.code;
    if (judged.code !== 'protocol') code = judged.code;
  }
  steps.push(step('CHAIN_END', `The end of ${CHAIN}: no rule matched, so the packet keeps its source.`));
  return code;
}

/** Ours has a comment and no match: one with a match lets only some packets in. */
function isPlainJump({ words }: SavedRule): boolean {
  return (
    words.filter((word) => word.startsWith('-')).every((word) => ['-A', '-m', '--comment', '-j'].includes(word)) &&
    words.length <= 8
  );
}

function foreignStep(rule: SavedRule, steps: Step[]): VerdictCode {
  const text = `A rule that is not ours, or that cannot be read, may decide first: ${rule.text}`;
  steps.push(step('RULE_FOREIGN', text, rule.comments[0] === undefined ? {} : { rule: rule.comments[0] }));
  return 'INDETERMINATE_FOREIGN_RULE';
}

/** `code` null: the rule matches. `text` says what was found, without a full stop. */
interface Judged {
  readonly code: VerdictCode | 'protocol' | null;
  readonly text: string;
}

function judge(rule: Rule, packet: Packet): Judged {
  const { flow, outInterface } = packet.context;
  if (rule.protocol !== undefined && protocols[rule.protocol] !== flow.protocol) {
    return { code: 'protocol', text: `it is for ${rule.protocol} alone` };
  }
  const found: string[] = [];
  const failed: Judged[] = [];
  for (const match of rule.sets) {
    const member = packet.member(match.name, match.direction);
    if (member === undefined) return { code: 'INDETERMINATE_FOREIGN_RULE', text: '' };
    const address = formatAddress(match.direction === 'src' ? flow.from : flow.destination);
    const text =
      member === null ? `no member of ${match.name} holds ${address}` : `${member} of ${match.name} holds ${address}`;
    if ((member === null) === match.negated) found.push(text);
    else failed.push({ code: failureOf(match, packet), text });
  }
  const [first] = failed.sort((a, b) => rank(a) - rank(b));
  if (first !== undefined) return first;
  if (rule.outInterface !== undefined) {
    if (outInterface === null) {
      return {
        code: 'INDETERMINATE_NODE_STALE',
        text: `it is for ${rule.outInterface}, and the out-interface is not known`,
      };
    }
    if (!passesFilter(rule.outInterface, outInterface)) {
      return {
        code: 'NO_SNAT_INTERFACE_FILTER',
        text: `it is for ${rule.outInterface}, and the packet leaves by ${outInterface}`,
      };
    }
    found.push(`the packet leaves by ${outInterface}`);
  }
  return { code: null, text: found.join(', ') };
}

function failureOf({ name, direction }: Rule['sets'][number], { context, sourceCode }: Packet): VerdictCode {
  if (direction === 'src') return sourceCode;
  return name === setName('nodes', context.flow.from.family)
    ? 'NO_SNAT_DESTINATION_IS_NODE'
    : 'NO_SNAT_DESTINATION_IN_POOL';
}

/** The order in which simulate asks. */
const order: readonly (VerdictCode | 'protocol' | null)[] = [
  'NO_SNAT_POOL_NAT_OFF',
  'NO_SNAT_SOURCE_NOT_IN_POOL',
  'NO_SNAT_DESTINATION_IN_POOL',
  'NO_SNAT_DESTINATION_IS_NODE',
];
const rank = ({ code }: Judged): number => order.indexOf(code);
