/** Whether pools may be written: every violation at once, for one pool, for a set, and for a change. */
import { indexOverlaps, type OverlapIndex, overlapping, overlapViolation } from './overlap.ts';
import { ownViolations } from './rules.ts';
import type { Pool, Violation } from './spec.ts';
import { type Subject, subjectOf } from './subject.ts';
import { updateViolations } from './update-rules.ts';

/**
 * Everything that one pool breaks. `others` may hold the pool itself (it is left out by its name); `before` is the
 * stored pool in an update, for C15 and C16.
 */
export function validatePool(pool: Pool, others: readonly Pool[], before?: Pool): Violation[] {
  const subject = subjectOf(pool);
  const around = overlapping(subject, others.map(subjectOf));
  return [
    ...ownViolations(subject),
    ...(before === undefined ? [] : updateViolations(subject, subjectOf(before))),
    ...overlapViolations(subject, around, around.length),
  ];
}

/** The same where somebody else looked for the overlaps: MOST_OVERLAPS of them, and how many there are. */
export function validateAmong(
  pool: Pool,
  { first, count }: { readonly first: readonly Pool[]; readonly count: number },
): Violation[] {
  return [...ownViolations(subjectOf(pool)), ...overlapsAmong(pool, { first, count })];
}

/** C17 alone, of the same. */
export function overlapsAmong(
  pool: Pool,
  { first, count }: { readonly first: readonly Pool[]; readonly count: number },
): Violation[] {
  const subject = subjectOf(pool);
  return overlapViolations(subject, overlapping(subject, first.map(subjectOf)), count);
}

const overlapViolations = (pool: Subject, around: readonly Subject[], count: number): Violation[] => [
  ...around.slice(0, MOST_OVERLAPS).map((other) => overlapViolation(pool, other)),
  ...(count > MOST_OVERLAPS ? [moreOverlaps(pool, count)] : []),
];

/** Whose violations are wanted, and how many of all together: the pool in which that many are reached is the last one. */
export interface Wanted {
  readonly names: readonly string[];
  readonly most: number;
}

/**
 * What every pool of a set breaks (or those `wanted`); each name is in the answer. Names are unique. `before` holds the
 * stored pools, for C15 and C16. A pool that overlaps more than MOST_OVERLAPS others gets that many violations and one that counts them
 * all: ten thousand equal CIDRs would be a hundred million messages. Once a set has MANY violations, each further pool names one other
 * and counts the rest.
 */
export function validatePools(
  pools: readonly Pool[],
  before: readonly Pool[] = [],
  wanted?: Wanted,
): Map<string, Violation[]> {
  const subjects = pools.map(subjectOf);
  const index = indexOverlaps(subjects);
  const old = new Map(before.map((pool) => [pool.name, pool]));
  return collect(subjects, wanted, (pool, most) => {
    const was = old.get(pool.name);
    const updated = was === undefined ? [] : updateViolations(pool, subjectOf(was));
    return [...ownViolations(pool), ...updated, ...firstOverlaps(pool, index, index, most)];
  });
}

function collect(
  subjects: readonly Subject[],
  wanted: Wanted | undefined,
  judge: (pool: Subject, mostOverlaps: number) => Violation[],
): Map<string, Violation[]> {
  const { names, most = Number.POSITIVE_INFINITY } = wanted ?? {};
  const byName = new Map(names === undefined ? [] : subjects.map((pool) => [pool.name, pool]));
  const judged = new Map<string, Violation[]>();
  let total = 0;
  for (const pool of names === undefined ? subjects : names.flatMap((name) => byName.get(name) ?? [])) {
    if (total >= most) break;
    const found = judge(pool, total < MANY ? MOST_OVERLAPS : 1);
    total += found.length;
    judged.set(pool.name, found);
  }
  return judged;
}

export const MOST_OVERLAPS = 100;
export const MANY = 100_000;

/**
 * The violations that a change of one pool adds (`before` is undefined when it is created). Pools that came from a
 * cluster may already break rules: they may be edited as long as nothing gets worse.
 */
export function addedViolations(pool: Pool, others: readonly Pool[], before?: Pool): Violation[] {
  const known = new Set(before === undefined ? [] : validatePool(before, others).map(keyOf));
  return validatePool(pool, others, before).filter((violation) => !known.has(keyOf(violation)));
}

/**
 * The violations that going from one set of pools to another adds, by pool (or by those `wanted`); pools without any are
 * left out. Both sets are complete.
 */
export function addedViolationsOfSet(
  before: readonly Pool[],
  after: readonly Pool[],
  wanted?: Wanted,
): Map<string, Violation[]> {
  const old = new Map(before.map((pool) => [pool.name, subjectOf(pool)]));
  const subjects = after.map(subjectOf);
  const index = indexOverlaps(subjects);
  // a pool that stays where it was has new overlaps with those alone that are new or elsewhere now
  const moved = indexOverlaps(subjects.filter((pool) => !sameRange(pool, old.get(pool.name))));
  const added = collect(subjects, wanted, (pool, most) => {
    const was = old.get(pool.name);
    const known = new Set(was === undefined ? [] : ownViolations(was).map(keyOf));
    return [
      ...ownViolations(pool).filter((violation) => !known.has(keyOf(violation))),
      ...(was === undefined ? [] : updateViolations(pool, was)),
      ...firstOverlaps(pool, sameRange(pool, was) ? moved : index, index, most),
    ];
  });
  return new Map([...added].filter(([, found]) => found.length > 0));
}

const keyOf = ({ rule, field, message }: Violation): string => `${rule} ${field} ${message}`;

const sameRange = (now: Subject, was: Subject | undefined): boolean =>
  was?.prefix !== undefined &&
  now.prefix?.value === was.prefix.value &&
  now.prefix.length === was.prefix.length &&
  now.family === was.family;

/** Of the overlaps that `among` has, `most`; then how many there are in the whole set. */
function firstOverlaps(pool: Subject, among: OverlapIndex, whole: OverlapIndex, most: number): Violation[] {
  const found: Violation[] = [];
  for (const other of among.of(pool)) {
    if (found.length === most) return [...found, moreOverlaps(pool, whole.count(pool.name))];
    found.push(overlapViolation(pool, other));
  }
  return found;
}

const moreOverlaps = ({ name }: Subject, count: number): Violation => ({
  rule: 'C17',
  field: 'spec.cidr',
  message: `IPPool(${name}) CIDR overlaps with more IP pools: ${count} in all`,
  inAll: count,
});
