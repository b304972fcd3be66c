import type { SavedRule } from './parse-save.ts';

/** Targets after which the walk goes on: a rule without a target, or with one of these, decides nothing. */
const passing = new Set([
  ...['LOG', 'NFLOG', 'ULOG', 'MARK', 'CONNMARK', 'TRACE', 'AUDIT', 'CONNSECMARK', 'SECMARK'],
  ...['CLASSIFY', 'DSCP', 'TOS', 'TTL', 'HL'],
]);
export const passesOn = ({ target }: SavedRule): boolean => target === null || passing.has(target);
