/** A change is refused for the rules that it would break anew. */
import type { ClusterSettings } from '../../../core/nat/settings.ts';
import { validateSettings } from '../../../core/nat/validate-settings.ts';
import type { Pool, Violation } from '../../../core/pool/spec.ts';
import { addedViolationsOfSet } from '../../../core/pool/validate.ts';
import { AppError, type PoolViolation } from '../app-error.ts';
import type { Current, Decision } from './decision.ts';

/** Pools and settings may already break rules (an older version wrote them): a change must not add to that. */
export function refuseViolations(current: Current, decision: Decision): void {
  const upsert = decision.upsert ?? [];
  const before = [...current.pools.values()].map(({ name, spec }) => ({ name, spec }));
  const rewritten = new Map(upsert.map((pool) => [pool.name, pool]));
  const removed = new Set(decision.remove ?? []);
  const after = [...before.filter((pool) => !rewritten.has(pool.name) && !removed.has(pool.name)), ...upsert];
  refusePools(before, after, upsert);
  // Settings that are changed are checked against every pool by who changes them (settings/settings.ts).
  if (decision.settings === undefined)
    refuseSettings(current.desired.settings, before, current.desired.settings, after);
}

/** More than anybody reads: thousands of pools in one place would be millions of violations. */
export const MOST_VIOLATIONS = 1000;

/** Throws POOL_VIOLATIONS (with the first 1000) for what `changed` break in `after`, where they stand, and did not in `before`; both sets hold all that matter. */
export function refusePools(before: readonly Pool[], after: readonly Pool[], changed: readonly Pool[]): void {
  const names = changed.map(({ name }) => name);
  const added = addedViolationsOfSet(before, after, { names, most: MOST_VIOLATIONS });
  // An overlap is said of both pools; the one that was there before is not the one to correct.
  const violations: PoolViolation[] = [...added].flatMap(([name, found]) =>
    found.map((one) => ({ ...one, pool: name })),
  );
  if (violations.length > 0) {
    throw new AppError('POOL_VIOLATIONS', summaryOf(violations), { violations: violations.slice(0, MOST_VIOLATIONS) });
  }
}

/** Throws SETTINGS_VIOLATIONS for what holds in `now` and did not in `was`; pools are those that matter. */
export function refuseSettings(
  was: ClusterSettings,
  poolsBefore: readonly Pool[],
  now: ClusterSettings,
  poolsAfter: readonly Pool[],
): void {
  const key = (one: Violation): string => `${one.field} ${one.message}`;
  const found = validateSettings(now, poolsAfter);
  if (found.length === 0) return;
  const known = new Set(validateSettings(was, poolsBefore).map(key));
  const violations = found.filter((one) => !known.has(key(one)));
  if (violations.length > 0) throw new AppError('SETTINGS_VIOLATIONS', summaryOf(violations), { violations });
}

const whose = ({ pool, document, line }: Pick<PoolViolation, 'pool' | 'document' | 'line'>): string[] =>
  pool === undefined ? [] : [document === undefined ? pool : `${pool} (document ${document}, line ${line})`];

/** The first few, and how many more. */
export const summaryOf = (violations: readonly PoolViolation[]): string =>
  violations
    .slice(0, 5)
    .map(({ message, ...where }) => [...whose(where), message].join(': '))
    .join('; ') +
  (violations.length >= MOST_VIOLATIONS
    ? `; and at least ${MOST_VIOLATIONS - 5} more`
    : violations.length > 5
      ? `; and ${violations.length - 5} more`
      : '');
