import { parseAddress } from '../net/address.ts';
import { formatPrefix, parseInterface, prefixOf } from '../net/prefix.ts';
import { type Counter, counterOf } from './counter.ts';
import { wordsOf } from './words.ts';

/** `cidr` is canonical (a single address ends in /32 or /128); text that is no CIDR (other set types) stays as printed. */
export interface SavedMember {
  readonly cidr: string;
  readonly packets: Counter;
  readonly bytes: Counter;
  /** the member takes addresses out of the set instead of putting them in */
  readonly nomatch: boolean;
}

/** A set and its header. `options` holds every word of the header: with its value, or `true` for a flag like `counters`. */
export interface SavedSet {
  readonly name: string;
  readonly type: string;
  readonly family: 4 | 6 | null;
  readonly counters: boolean;
  readonly maxelem: number | null;
  readonly options: Readonly<Record<string, string | true>>;
  readonly members: readonly SavedMember[];
}

/** Header words that stand alone; all others are followed by a value. */
const flags = new Set(['counters', 'comment', 'skbinfo', 'forceadd', 'wildcard']);

/** Reads `ipset save` (or `ipset save NAME`). Members keep the kernel's order. */
export function parseIpsetSave(text: string): SavedSet[] {
  const sets = new Map<string, { header: Omit<SavedSet, 'members'>; members: SavedMember[] }>();
  for (const line of text.split('\n')) {
    if (line.startsWith('add ')) {
      const [, name = '', entry = '', ...rest] = line.includes('"') ? wordsOf(line) : line.split(' ');
      sets.get(name)?.members.push(memberOf(entry, rest));
    } else if (line.startsWith('create ')) {
      const header = headerOf(wordsOf(line));
      sets.set(header.name, { header, members: [] });
    }
  }
  return [...sets.values()].map(({ header, members }) => ({ ...header, members }));
}

function headerOf([, name = '', type = '', ...words]: readonly string[]): Omit<SavedSet, 'members'> {
  const options: Record<string, string | true> = {};
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    options[word] = flags.has(word) ? true : (words[++i] ?? '');
  }
  const family = options['family'] === 'inet' ? 4 : options['family'] === 'inet6' ? 6 : null;
  const maxelem = typeof options['maxelem'] === 'string' ? Number(options['maxelem']) : null;
  return { name, type, family, counters: options['counters'] === true, maxelem, options };
}

function memberOf(entry: string, rest: readonly string[]): SavedMember {
  const counter = (word: string): Counter => {
    const at = rest.indexOf(word);
    return at < 0 ? 0 : counterOf(rest[at + 1] ?? '0');
  };
  return {
    cidr: canonical(entry),
    packets: counter('packets'),
    bytes: counter('bytes'),
    nomatch: rest.includes('nomatch'),
  };
}

function canonical(entry: string): string {
  if (!entry.includes('/')) {
    const address = parseAddress(entry);
    return address.ok ? formatPrefix({ ...address.value, length: address.value.family === 4 ? 32 : 128 }) : entry;
  }
  const parsed = parseInterface(entry);
  return parsed.ok ? formatPrefix(prefixOf(parsed.value.address, parsed.value.length)) : entry;
}
