/** What a kernel should hold against what was read back from it, as lines: the node page's diff. */
import { CHAIN, type Program } from '../../core/rules/model.ts';
import { jumpText, ruleText } from '../../core/rules/render.ts';
import type { ReportedFamily } from '../../core/wire/report.ts';

export interface DifferenceLine {
  /** `missing`: desired and not in the kernel; `extra`: in the kernel and not desired */
  kind: 'missing' | 'extra';
  text: string;
}

/** Rules first, in order, then sets. Empty: the kernel holds exactly what is wanted. Rules of others do not count. */
export function differenceOf(wanted: Program, held: ReportedFamily): DifferenceLine[] {
  const chain = held.rules.filter((rule) => rule.chain === CHAIN).map(({ text }) => text);
  const jumps = held.rules
    .filter((rule) => rule.chain === 'POSTROUTING' && leadsHere(rule.text))
    .map(({ text }) => text);
  const last = held.rules.findLast((rule) => rule.chain === 'POSTROUTING');
  return [
    ...linesOf(wanted.rules.map(ruleText), chain),
    ...linesOf([jumpText], jumps),
    ...(jumps.length > 0 && last !== undefined && !leadsHere(last.text)
      ? [{ kind: 'extra' as const, text: `${last.text}   (after our jump, which must stand last)` }]
      : []),
    ...wanted.sets.flatMap((set) => setLines(set, held)),
    ...held.sets
      .filter(({ name }) => name.startsWith('outgate-') && !wanted.sets.some((set) => set.name === name))
      .map(({ name }): DifferenceLine => ({ kind: 'extra', text: `create ${name}` })),
  ];
}

/** Rules may pick ports at random where the tool can: read from what is there, as the tool's version is not reported. */
export const picksAtRandom = (held: ReportedFamily): boolean =>
  !held.rules.some(({ chain, text }) => chain === CHAIN && !text.includes('--random-fully'));

/** Members that a set lacks and has too much, by set name: the sets panel marks them. */
export function membersOf(
  wanted: Program,
  held: ReportedFamily,
): Map<string, { missing: string[]; extra: Set<string> }> {
  return new Map(
    wanted.sets.map(({ name, members }) => {
      const own = new Set(held.sets.find((set) => set.name === name)?.members.map(({ cidr }) => cidr));
      const want = new Set(members);
      return [
        name,
        {
          missing: members.filter((cidr) => !own.has(cidr)),
          extra: new Set([...own].filter((cidr) => !want.has(cidr))),
        },
      ];
    }),
  );
}

function setLines(set: Program['sets'][number], held: ReportedFamily): DifferenceLine[] {
  const found = held.sets.find(({ name }) => name === set.name);
  if (found === undefined) return [{ kind: 'missing', text: `create ${set.name}, ${set.members.length} members` }];
  const want = new Set(set.members);
  const own = new Set(found.members.map(({ cidr }) => cidr));
  return [
    ...set.members.filter((cidr) => !own.has(cidr)).map((cidr) => line('missing', set.name, cidr)),
    ...[...own].filter((cidr) => !want.has(cidr)).map((cidr) => line('extra', set.name, cidr)),
  ];
}

const line = (kind: DifferenceLine['kind'], name: string, cidr: string): DifferenceLine => ({
  kind,
  text: `add ${name} ${cidr}`,
});

/** Lines of one list that the other lacks; a line that stands at another place counts on both sides. */
function linesOf(wanted: readonly string[], held: readonly string[]): DifferenceLine[] {
  const same = wanted.length === held.length && wanted.every((text, index) => text === held[index]);
  if (same) return [];
  const missing = wanted.filter((text, index) => held[index] !== text);
  const extra = held.filter((text, index) => wanted[index] !== text);
  return [
    ...missing.map((text): DifferenceLine => ({ kind: 'missing', text })),
    ...extra.map((text): DifferenceLine => ({ kind: 'extra', text })),
  ];
}

const leadsHere = (text: string): boolean => text.split(' ').includes(CHAIN) && text.includes(`-j ${CHAIN}`);
