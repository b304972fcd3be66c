/** Whether pools may be written: every violation of C1-C17 at once, for one pool, for a set, and for a change. */
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
  return [
    ...ownViolations(subject),
    ...(before === undefined ? [] : updateViolations(subject, subjectOf(before))),
    ...overlapping(subject, others.map(subjectOf)).map((other) => overlapViolation(subject, other)),
  ];
}

/** Whose violations are wanted, and how many of all together: the pool in which that many are reached is the last one. */
export interface Wanted {
  readonly names: readonly string[];
  readonly most: number;
}

/**
 * What every pool of a set breaks (or those `wanted`); each name is in the answer. Names are unique. `before` holds the
 * stored pools, for C15 and C16. A pool that overlaps more than MOST_OVERLAPS others gets that many violations and one that counts them
 * all: ten thousand equal CIDRs would be a hundred million messages.
 */
export function validatePools(
  pools: readonly Pool[],
  before: readonly Pool[] = [],
  wanted?: Wanted,
): Map<string, Violation[]> {
  const subjects = pools.map(subjectOf);
  const index = indexOverlaps(subjects);
  const old = new Map(before.map((pool) => [pool.name, pool]));
  return collect(subjects, wanted, (pool) => {
    const was = old.get(pool.name);
    const updated = was === undefined ? [] : updateViolations(pool, subjectOf(was));
    return [...ownViolations(pool), ...updated, ...firstOverlaps(pool, index, () => true)];
  });
}

function collect(
  subjects: readonly Subject[],
  wanted: Wanted | undefined,
  judge: (pool: Subject) => Violation[],
): Map<string, Violation[]> {
  const { names, most = Number.POSITIVE_INFINITY } = wanted ?? {};
  const byName = new Map(names === undefined ? [] : subjects.map((pool) => [pool.name, pool]));
  const judged = new Map<string, Violation[]>();
  let total = 0;
  for (const pool of names === undefined ? subjects : names.flatMap((name) => byName.get(name) ?? [])) {
    if (total >= most) break;
    const found = judge(pool);
    total += found.length;
    judged.set(pool.name, found);
  }
  return judged;
}

export const MOST_OVERLAPS = 100;

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
  const added = collect(subjects, wanted, (pool) => {
    const was = old.get(pool.name);
    const known = new Set(was === undefined ? [] : ownViolations(was).map(keyOf));
    const fresh = (other: Subject): boolean => !(sameRange(pool, was) && sameRange(other, old.get(other.name)));
    return [
      ...ownViolations(pool).filter((violation) => !known.has(keyOf(violation))),
      ...(was === undefined ? [] : updateViolations(pool, was)),
      ...firstOverlaps(pool, index, fresh),
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

function firstOverlaps(pool: Subject, index: OverlapIndex, wanted: (other: Subject) => boolean): Violation[] {
  const found: Violation[] = [];
  for (const other of index.of(pool.name)) {
    if (!wanted(other)) continue;
    if (found.length === MOST_OVERLAPS) {
      found.push({
        rule: 'C17',
        field: 'spec.cidr',
        message: `IPPool(${pool.name}) CIDR overlaps with more IP pools: ${index.count(pool.name)} in all`,
      });
      break;
    }
    found.push(overlapViolation(pool, other));
  }
  return found;
}
