import type { Violation } from './spec.ts';

/** How many there are, also where the list of overlaps is cut and its last line counts them all. */
export function countViolations(violations: readonly Violation[]): number {
  const overlaps = violations.find(({ inAll }) => inAll !== undefined)?.inAll;
  return overlaps === undefined ? violations.length : violations.filter(({ rule }) => rule !== 'C17').length + overlaps;
}
