/** A Program as input for `ipset restore` and `iptables-restore --noflush`. Sets first: rules name them. */
import { CHAIN, type NetSet, type Program } from './model.ts';
import { jumpText, ruleText } from './rule-text.ts';

export { jumpHash, jumpText, ruleHash, ruleText } from './rule-text.ts';

export interface JumpPlan {
  /** jumps to remove, as read back (`-A POSTROUTING ... -j OUTGATE-POSTROUTING`), one entry for each */
  readonly remove: readonly string[];
  /** append ours, so that it stands last */
  readonly append: boolean;
}

/**
 * Text for `iptables-restore --noflush`: one transaction that replaces our chain and puts the jump in place. Without `jump`
 * it is the text for a kernel that has none of it. Naming the chain flushes it, and nothing of anybody else's.
 */
export function renderRules(program: Program, jump: JumpPlan = { remove: [], append: true }): string {
  const lines = ['*nat', `:${CHAIN} - [0:0]`, ...program.rules.map(ruleText)];
  for (const text of jump.remove) lines.push(text.replace(/^-A /, '-D '));
  if (jump.append) lines.push(jumpText);
  return `${[...lines, 'COMMIT'].join('\n')}\n`;
}

/** Text for `ipset restore` that makes all sets of the Program, for a kernel that has none of them. */
export const renderSets = (program: Program): string => program.sets.map((set) => renderSet(set)).join('');

/** `create` and every `add` of one set, under another name when it is to be swapped in. */
export const renderSet = (set: NetSet, name: string = set.name): string => `${[...setLines(set, name)].join('\n')}\n`;

/** What members have counted so far, as words of `add`; members that counted nothing may be left out. */
export type Counted = ReadonlyMap<string, string>;

/** The lines of {@link renderSet}, made one by one as they are asked for. */
export function setLines(set: NetSet, name: string = set.name, counted: Counted = new Map()): Iterable<string> {
  return {
    *[Symbol.iterator]() {
      yield createText(set, name);
      for (const member of set.members) yield `add ${name} ${member}${counted.get(member) ?? ''}`;
    },
  };
}

function createText({ family, counters, members }: NetSet, name: string): string {
  const size = `hashsize ${hashSize(members.length)} maxelem ${maxElements(members.length)}`;
  const options = `family ${family === 4 ? 'inet' : 'inet6'} ${size}`;
  return `create ${name} hash:net ${options}${counters ? ' counters' : ''}`;
}

/** Room for twice the members, as a power of two, at least the kernel's default: a full set refuses with `Hash is full`. */
export function maxElements(members: number): number {
  let room = 65536;
  while (room < 2 * members) room *= 2;
  return room;
}

/** Large enough from the start: a set that grows while it is filled rehashes again and again. */
function hashSize(members: number): number {
  let size = 1024;
  while (size < members / 2) size *= 2;
  return size;
}
