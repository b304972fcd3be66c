/** From saved text to a Program: what the kernel holds, in the words of the model. */
import { type Family, parseAddress } from '../net/address.ts';
import { comparePrefix, formatPrefix, parsePrefix } from '../net/prefix.ts';
import { CHAIN, type NetSet, type PortRange, type Program, type Rule } from './model.ts';
import type { SavedSet } from './parse-ipset.ts';
import type { SavedTable } from './parse-save.ts';
import { wordsOf } from './words.ts';

/**
 * The Program that a kernel holds under our names; undefined when a rule of our chain says something that the model cannot
 * (then it is none of ours). Sets stand in the order in which compile() gives them, their members sorted.
 */
export function programOf(family: Family, nat: SavedTable | undefined, sets: readonly SavedSet[]): Program | undefined {
  const chain = nat?.chains.find(({ name }) => name === CHAIN);
  const rules: Rule[] = [];
  for (const { text } of chain?.rules ?? []) {
    const rule = ruleOf(text);
    if (rule === undefined) return undefined;
    rules.push(rule);
  }
  const order = ['src', 'exempt', 'nodes'].map((role) => `outgate-${role}-v${family}`);
  const own = sets.filter(({ name }) => order.includes(name)).map((set) => netSetOf(set, family));
  return { family, rules, sets: own.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name)) };
}

function netSetOf(set: SavedSet, family: Family): NetSet {
  const members = set.members
    .flatMap(({ cidr }) => {
      const parsed = parsePrefix(cidr);
      return parsed.ok ? [parsed.value] : [];
    })
    .sort(comparePrefix)
    .map(formatPrefix);
  return { name: set.name, family: set.family ?? family, counters: set.counters, members };
}

/**
 * A rule text (append form) as a Rule; undefined for anything that the model has no word for. The comment is not judged, so
 * a rule edited under its own comment reads as what it does.
 */
export function ruleOf(text: string): Rule | undefined {
  const words = wordsOf(text);
  let at = 2; // -A CHAIN
  const sets: { name: string; direction: 'src' | 'dst'; negated: boolean }[] = [];
  const found: { protocol?: 'tcp' | 'udp'; outInterface?: string; target?: Rule['target'] } = {};
  let randomFully = false;
  const next = (): string => words[at++] ?? '';
  while (at < words.length) {
    const word = next();
    if (word === '-o') found.outInterface = next();
    else if (word === '-p') {
      const protocol = next();
      if (protocol !== 'tcp' && protocol !== 'udp') return undefined;
      found.protocol = protocol;
    } else if (word === '-m') {
      const match = next();
      if (match === 'comment' && next() === '--comment') next();
      else if (match === 'set') {
        const set = setMatch(next);
        if (set === undefined) return undefined;
        sets.push(set);
      } else return undefined;
    } else if (word === '-j') {
      const kind = next();
      if (kind === 'MASQUERADE') found.target = { kind };
      else if (kind === 'SNAT' && next() === '--to-source') {
        const target = sourceOf(next());
        if (target === undefined) return undefined;
        found.target = target;
      } else return undefined;
    } else if (word === '--to-ports' && found.target?.kind === 'MASQUERADE') {
      const ports = portsOf(next());
      if (ports === undefined) return undefined;
      found.target = { kind: 'MASQUERADE', ports };
    } else if (word === '--random-fully') randomFully = true;
    else return undefined;
  }
  const { target, ...matches } = found;
  return target === undefined ? undefined : { sets, ...matches, target, randomFully };
}

function setMatch(next: () => string): { name: string; direction: 'src' | 'dst'; negated: boolean } | undefined {
  const first = next();
  const negated = first === '!';
  if ((negated ? next() : first) !== '--match-set') return undefined;
  const name = next();
  const direction = next();
  return direction === 'src' || direction === 'dst' ? { name, direction, negated } : undefined;
}

/** `ADDRESS`, `ADDRESS:PORTS` or `[ADDRESS]:PORTS`. A range of addresses is none of ours. */
function sourceOf(text: string): Rule['target'] | undefined {
  const plain = parseAddress(text);
  if (plain.ok) return { kind: 'SNAT', address: text };
  const match = /^\[?([^\]]+?)\]?:([\d-]+)$/.exec(text);
  const ports = match === null ? undefined : portsOf(match[2] ?? '');
  const address = match?.[1] ?? '';
  return ports === undefined || !parseAddress(address).ok ? undefined : { kind: 'SNAT', address, ports };
}

function portsOf(text: string): PortRange | undefined {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2] ?? match[1])];
}
