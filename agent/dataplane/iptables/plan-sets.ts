/**
 * The least that makes the sets of one family right.
 *
 * - A set that does not exist is named by no rule: it is made under its own name and filled.
 * - A few members are one batch on the live set.
 * - Many members, or a wrong header, are a temporary set filled aside and swapped in: at no moment does a packet meet a
 *   half-filled set, and a writer killed midway has changed nothing.
 * - A set of another type cannot be swapped. It can only be destroyed, and only while no rule of ours names it (`replace`).
 */
import type { NetSet } from '../../../core/rules/model.ts';
import type { SavedSet } from '../../../core/rules/parse.ts';
import { type Counted, setLines } from '../../../core/rules/render.ts';
import type { Finding, HeldFamily, Step, WantedFamily } from '../driver.ts';
import { temporaryName } from './names.ts';

/** Above this a change is no longer one short batch, and a killed writer could leave half of it. */
const BATCH_LIMIT = 1000;

export interface SetSteps {
  readonly findings: readonly Finding[];
  /** fills new and temporary sets: NAT does not know them yet */
  readonly prepare: readonly Step[];
  /** batches and swaps: from here on packets see it */
  readonly commit: readonly Step[];
  /** after the rules: old contents and sets that nobody names any more */
  readonly finish: readonly Step[];
  /** sets of another type that must go before `prepare`, with no rule of ours naming them */
  readonly replace: readonly string[];
}

export function planSets(wanted: WantedFamily, held: HeldFamily, pid: number): SetSteps {
  const findings: Finding[] = [];
  const make: Iterable<string>[] = [];
  const made: string[] = [];
  const commit: Step[] = [];
  const old: string[] = [];
  const replace: string[] = [];
  for (const [name, { counters, members }] of wanted.sets) {
    const want: NetSet = { name, family: wanted.family, counters, members: [...members] };
    const has = held.sets.get(name);
    if (has === undefined) {
      findings.push({ reason: 'SetMissing', message: `set ${name} does not exist` });
      make.push(setLines(want));
      made.push(name);
      continue;
    }
    const wrong = headerFault(want, has);
    const { add, remove } = memberDifference(members, has);
    if (wrong !== undefined) findings.push({ reason: 'SetChanged', message: `set ${name} ${wrong.text}` });
    if (wrong?.swappable === false) {
      replace.push(name);
      make.push(setLines(want));
      continue;
    }
    findings.push(...memberFindings(name, add, remove));
    if (wrong !== undefined || add.length + remove.length > BATCH_LIMIT) {
      const temporary = temporaryName(name, pid);
      make.push(setLines(want, temporary, counters ? countedOf(has) : undefined));
      made.push(temporary);
      commit.push(swapStep(name, temporary));
      old.push(temporary);
    } else if (add.length + remove.length > 0) commit.push(batchStep(name, add, remove));
  }
  const unwanted = [...held.sets.keys()].filter((name) => !wanted.sets.has(name));
  return {
    findings,
    prepare: make.length === 0 ? [] : [prepareStep(make, made)],
    commit,
    finish: [...unwanted, ...old].map((name) => destroyStep(name)),
    replace,
  };
}

/** A set that is swapped in goes on counting where the old one was read: a pool's count must not fall because of us. */
function countedOf({ members }: SavedSet): Counted {
  const counted = new Map<string, string>();
  for (const { cidr, packets, bytes } of members) {
    if (packets !== 0 || bytes !== 0) counted.set(cidr, ` packets ${packets} bytes ${bytes}`);
  }
  return counted;
}

/** Leftovers of a killed writer go first, so that their memory is free before ours is asked for. */
export const leftoverSteps = (held: HeldFamily): Step[] => held.leftovers.map((name) => destroyStep(name));

function headerFault(want: NetSet, has: SavedSet): { text: string; swappable: boolean } | undefined {
  if (has.type !== 'hash:net') return { text: `is of type ${has.type}, not hash:net`, swappable: false };
  if (has.family !== want.family) return { text: `is of family IPv${has.family}`, swappable: false };
  if (has.counters !== want.counters) return { text: `${has.counters ? 'has' : 'lacks'} counters`, swappable: true };
  if (has.options['timeout'] !== undefined) return { text: 'lets its members expire', swappable: true };
  if ((has.maxelem ?? 0) < want.members.length) {
    return { text: `has room for ${has.maxelem} members, not for ${want.members.length}`, swappable: true };
  }
  return undefined;
}

/** It stops when it has found more to remove than one batch may: the set is rewritten then, whatever else differs. */
function memberDifference(wanted: ReadonlySet<string>, has: SavedSet): { add: string[]; remove: string[] } {
  const right: string[] = [];
  const remove: string[] = [];
  for (const { cidr, nomatch } of has.members) {
    (wanted.has(cidr) && !nomatch ? right : remove).push(cidr);
    if (remove.length > BATCH_LIMIT) return { add: [], remove };
  }
  if (right.length === wanted.size) return { add: [], remove };
  const known = new Set(right);
  return { add: [...wanted].filter((member) => !known.has(member)), remove };
}

function memberFindings(name: string, add: readonly string[], remove: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  if (add.length > 0) findings.push({ reason: 'MissingSetMember', message: `set ${name} lacks ${examples(add)}` });
  if (remove.length > 0) {
    findings.push({ reason: 'ExtraSetMember', message: `set ${name} wrongly has ${examples(remove)}` });
  }
  return findings;
}

function examples(members: readonly string[]): string {
  const shown = members.slice(0, 5).join(', ');
  if (members.length <= 5) return shown;
  return members.length > BATCH_LIMIT ? `${shown} and many more` : `${shown} and ${members.length - 5} more`;
}

function prepareStep(make: readonly Iterable<string>[], made: readonly string[]): Step {
  return {
    tool: 'ipset',
    title: 'make and fill sets that no rule names yet',
    lines: {
      *[Symbol.iterator]() {
        for (const lines of make) yield* lines;
      },
    },
    undo: made.map((name) => `destroy ${name}`),
    atomic: false,
    required: true,
  };
}

function batchStep(name: string, add: readonly string[], remove: readonly string[]): Step {
  // quoted: ipset obeys an unfinished last line too, and of a killed writer's /24 it could read /2
  const lines = (command: 'add' | 'del', members: readonly string[]): string[] =>
    members.map((member) => `${command} ${name} "${member}"`);
  return {
    tool: 'ipset',
    title: `change ${add.length + remove.length} members of ${name}`,
    // removed first: a member that must lose its `nomatch` is both removed and added
    lines: [...lines('del', remove), ...lines('add', add)],
    undo: [...lines('del', add), ...lines('add', remove)],
    atomic: false,
    required: true,
  };
}

function swapStep(name: string, temporary: string): Step {
  const lines = [`swap ${temporary} ${name}`];
  return { tool: 'ipset', title: `swap the new ${name} in`, lines, undo: lines, atomic: true, required: true };
}

function destroyStep(name: string): Step {
  return {
    tool: 'ipset',
    title: `remove ${name}`,
    lines: [`destroy ${name}`],
    undo: null,
    atomic: true,
    required: false,
  };
}
