/** CIDRs as `hash:net` members. */
import { comparePrefix, formatPrefix, type Prefix } from '../net/prefix.ts';

/** The members that stand for a prefix: itself, or two halves for /0, which `hash:net` refuses. */
export function membersOf(prefix: Prefix): Prefix[] {
  if (prefix.length > 0) return [prefix];
  const half = 1n << (prefix.family === 4 ? 31n : 127n);
  return [
    { family: prefix.family, value: 0n, length: 1 },
    { family: prefix.family, value: half, length: 1 },
  ];
}

/** Canonical texts, sorted by address, each once. */
export function memberTexts(prefixes: readonly Prefix[]): string[] {
  const sorted = prefixes.flatMap(membersOf).sort(comparePrefix);
  const texts: string[] = [];
  for (const prefix of sorted) {
    const text = formatPrefix(prefix);
    if (texts.at(-1) !== text) texts.push(text);
  }
  return texts;
}
