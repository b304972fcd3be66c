import { parseAddress, v4Value } from '../net/address.ts';
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
      const name = line.slice(4, line.indexOf(' ', 4));
      sets.get(name)?.members.push(memberOf(line.slice(5 + name.length)));
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

/** An `add` line without its set. Slices, not words: there may be 200,000 of them. */
function memberOf(text: string): SavedMember {
  const end = text.indexOf(' ');
  if (end < 0) return { cidr: canonical(text), packets: 0, bytes: 0, nomatch: false };
  const rest = text.slice(end + 1);
  const words = rest.includes('"') ? wordsOf(rest) : rest.split(' ');
  const counter = (word: string): Counter => {
    const at = words.indexOf(word);
    return at < 0 ? 0 : counterOf(words[at + 1] ?? '0');
  };
  return {
    cidr: canonical(text.slice(0, end)),
    packets: counter('packets'),
    bytes: counter('bytes'),
    nomatch: words.includes('nomatch'),
  };
}

/** What is canonical already, as every IPv4 member of `hash:net` is, is not made again. */
function canonical(entry: string): string {
  const slash = entry.indexOf('/');
  const length = slash < 0 ? 32 : v4Length(entry.slice(slash + 1));
  const four = v4Value(slash < 0 ? entry : entry.slice(0, slash));
  if (four !== undefined && four % 2 ** (32 - length) === 0) return slash < 0 ? `${entry}/32` : entry;
  if (slash < 0) {
    const parsed = parseAddress(entry);
    return parsed.ok ? formatPrefix({ ...parsed.value, length: parsed.value.family === 4 ? 32 : 128 }) : entry;
  }
  const parsed = parseInterface(entry);
  return parsed.ok ? formatPrefix(prefixOf(parsed.value.address, parsed.value.length)) : entry;
}

/** NaN for what is no canonical number from 0 to 32. */
const v4Length = (digits: string): number => (/^(?:\d|[12]\d|3[0-2])$/.test(digits) ? Number(digits) : Number.NaN);
