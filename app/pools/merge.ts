/** Two people saved the same pool: what was there at the start, what the other saved, what is typed here. */
import type { Pool, PoolSpec } from '../../core/pool/spec.ts';
import { type SpecChange, withChange } from './draft.ts';

export interface FieldConflict {
  field: keyof PoolSpec;
  before: unknown;
  theirs: unknown;
  mine: unknown;
  /** both changed it, to different values: keeping mine overwrites theirs */
  clash: boolean;
}

/** Every field in which the three differ, in the order of the API. */
export function compareThree(before: PoolSpec, theirs: PoolSpec, mine: PoolSpec): FieldConflict[] {
  return fieldsOf(before, theirs, mine)
    .map((field) => ({
      field,
      before: before[field],
      theirs: theirs[field],
      mine: mine[field],
      clash:
        !same(before[field], theirs[field]) && !same(before[field], mine[field]) && !same(theirs[field], mine[field]),
    }))
    .filter((row) => !same(row.before, row.theirs) || !same(row.before, row.mine));
}

/** Theirs with what I changed put on top; what I did not touch stays as they saved it. */
export function mineOnTop(before: PoolSpec, theirs: Pool, mine: PoolSpec): Pool {
  const change: SpecChange = Object.fromEntries(
    fieldsOf(before, mine)
      .filter((field) => !same(before[field], mine[field]))
      .map((field) => [field, mine[field]]),
  );
  return { name: theirs.name, spec: withChange(theirs.spec, change) };
}

export const sameSpec = (a: PoolSpec, b: PoolSpec): boolean =>
  fieldsOf(a, b).every((field) => same(a[field], b[field]));

const fieldsOf = (...specs: PoolSpec[]): (keyof PoolSpec)[] =>
  [...new Set(specs.flatMap((spec) => Object.keys(spec)))] as (keyof PoolSpec)[];

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
