import { type Counter, counterOf } from './counter.ts';
import { wordsOf } from './words.ts';

/** A rule of any chain. `text` is the append form as printed, counters cut off; `words` is the same without quotes. */
export interface SavedRule {
  readonly chain: string;
  readonly text: string;
  readonly words: readonly string[];
  /** the texts of its comments, in order */
  readonly comments: readonly string[];
  /** where `-j` or `-g` leads; null for a rule that only counts */
  readonly target: string | null;
  readonly packets: Counter;
  readonly bytes: Counter;
}

/** `policy` is null for a user-defined chain. */
export interface SavedChain {
  readonly name: string;
  readonly policy: string | null;
  readonly rules: readonly SavedRule[];
}

/** `name` is empty in the output of `iptables -S`, which does not say its table. */
export interface SavedTable {
  readonly name: string;
  readonly chains: readonly SavedChain[];
}

/**
 * Reads the output of the -save tools or of `-S`; several tables and several dumps one after the other are allowed.
 * Comments and warnings that the tools mix in (`# Warning: iptables-legacy tables present`) are skipped.
 * Counters that were not printed are 0.
 */
export function parseSave(text: string): SavedTable[] {
  const tables: { name: string; chains: Map<string, { policy: string | null; rules: SavedRule[] }> }[] = [];
  const table = () => {
    const last = tables.at(-1);
    if (last !== undefined) return last;
    const unnamed = { name: '', chains: new Map() };
    tables.push(unnamed);
    return unnamed;
  };
  const chain = (name: string) => {
    const { chains } = table();
    const found = chains.get(name) ?? { policy: null, rules: [] };
    chains.set(name, found);
    return found;
  };
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line.startsWith('*')) tables.push({ name: line.slice(1), chains: new Map() });
    else if (line.startsWith(':')) {
      const [name = '', policy = '-'] = line.slice(1).split(' ');
      chain(name).policy = policy === '-' ? null : policy;
    } else if (line.startsWith('-P ')) {
      const [, name = '', policy = ''] = line.split(' ');
      chain(name).policy = policy;
    } else if (line.startsWith('-N ')) chain(line.slice(3));
    else {
      const rule = ruleLine(line);
      if (rule !== undefined) chain(rule.chain).rules.push(rule);
    }
  }
  return tables.map(({ name, chains }) => ({
    name,
    chains: [...chains].map(([chainName, { policy, rules }]) => ({ name: chainName, policy, rules })),
  }));
}

/** `[packets:bytes] -A CHAIN ...` or `-A CHAIN ... -c packets bytes ...`; undefined for any other line. */
function ruleLine(line: string): SavedRule | undefined {
  const match = /^(?:\[(\d+):(\d+)\] )?(-A (\S+)(?: .*)?)$/s.exec(line);
  if (match === null) return undefined;
  let [, packets = '0', bytes = '0', text = '', chain = ''] = match;
  const verbose = / -c (\d+) (\d+)(?= |$)/.exec(withoutQuoted(text));
  if (verbose !== null) {
    [, packets = '0', bytes = '0'] = verbose;
    text = text.slice(0, verbose.index) + text.slice(verbose.index + verbose[0].length);
  }
  const words = wordsOf(text);
  const comments = words.filter((_, i) => words[i - 1] === '--comment');
  const jump = words.findIndex((word, i) => (word === '-j' || word === '-g') && words[i - 1] !== '--comment');
  const target = jump < 0 ? null : (words[jump + 1] ?? null);
  return { chain, text, words, comments, target, packets: counterOf(packets), bytes: counterOf(bytes) };
}

/** What stands in quotes blotted out, as long as before: a comment may hold anything, ` -c 1 2 ` too. One pass: texts may be long. */
function withoutQuoted(text: string): string {
  if (!text.includes('"')) return text;
  const characters: string[] = [];
  let open = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (open && c === '\\' && i + 1 < text.length) {
      characters.push('""');
      i++;
    } else {
      if (c === '"') open = !open;
      characters.push(open ? '"' : c);
    }
  }
  return characters.join('');
}
