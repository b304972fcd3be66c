/** What is wanted beside what the cluster holds and what was last applied, field by field. */
import { prefixOfPool } from '../nat/counted-pools.ts';
import { formatPrefix } from '../net/prefix.ts';
import { withDefaults } from '../pool/defaults.ts';
import type { FieldError } from '../pool/shape.ts';
import type { PoolSpec } from '../pool/spec.ts';
import { type FieldClaim, othersOn } from './managed-fields.ts';

export type PoolField = keyof PoolSpec;

export interface FieldComparison {
  readonly field: PoolField;
  /** with defaults; null: the side has no object */
  readonly desired: unknown;
  readonly live: unknown;
  /** null also for a field that is let go and was left out: nothing of it was applied */
  readonly applied: unknown;
  readonly differs: boolean;
  /** other managers that claim the field */
  readonly managers: readonly string[];
}

export const poolFields = [
  'cidr',
  'natOutgoing',
  'disabled',
  'blockSize',
  'ipipMode',
  'vxlanMode',
  'nodeSelector',
  'namespaceSelector',
  'allowedUses',
  'disableBGPExport',
  'assignmentMode',
] as const satisfies readonly PoolField[];

/** Fields of which these problems are. */
export const oddFields = (problems: readonly FieldError[]): PoolField[] =>
  poolFields.filter((field) => problems.some((problem) => problem.field === `spec.${field}`));

/** Fields in which the cluster does not say what is wanted. An absent block size is whatever the cluster took. */
export const differingFields = (desired: PoolSpec, live: PoolSpec): PoolField[] =>
  fieldsMoved(live, desired).filter((field) => field !== 'blockSize' || !!desired.blockSize);

/** Those of these fields that the API never changes of an object that has them (C15, C16). */
export const fixedFields = (fields: readonly PoolField[], there: PoolSpec): PoolField[] =>
  fields.filter((field) => (field === 'cidr' || field === 'blockSize') && there[field] !== undefined);

/** Fields in which a pool became different, as Calico reads it: an absent block size is its default. */
export function fieldsMoved(before: PoolSpec, after: PoolSpec): PoolField[] {
  const was = comparable(before);
  const is = comparable(after);
  return poolFields.filter((field) => JSON.stringify(was[field]) !== JSON.stringify(is[field]));
}

/** A set as it was decided, beside the items that were there: whoever holds those keeps them in it. */
export function isBeside(decided: unknown, was: unknown, is: unknown): boolean {
  if (!Array.isArray(decided) || !Array.isArray(was) || !Array.isArray(is)) return false;
  const all = [...was, ...decided];
  return all.every((item) => is.includes(item)) && is.every((item) => all.includes(item));
}

/** Every field that one of the three sides states, or that is let go. */
export function compareFields(input: {
  readonly desired: PoolSpec;
  readonly live: PoolSpec | null;
  readonly applied: PoolSpec | null;
  readonly claims: readonly FieldClaim[];
  readonly released?: readonly PoolField[];
}): FieldComparison[] {
  const { desired, live, applied, claims, released = [] } = input;
  const differing = new Set<PoolField>(live === null ? poolFields : differingFields(desired, live));
  const blockSize = desired.blockSize || live?.blockSize;
  const sides = [blockSize ? { ...desired, blockSize } : desired, live, applied];
  const [wanted, held, sent] = sides.map((spec) => (spec === null ? null : comparable(spec)));
  return poolFields
    .filter((field) => released.includes(field) || sides.some((spec) => spec?.[field] !== undefined))
    .map((field) => ({
      field,
      desired: wanted?.[field] ?? null,
      live: held?.[field] ?? null,
      applied: released.includes(field) && applied?.[field] === undefined ? null : (sent?.[field] ?? null),
      differs: differing.has(field),
      managers: [...new Set(othersOn(claims, field).map(({ manager }) => manager))],
    }));
}

/**
 * What is sent to the server: every field that the spec states, and the default of a field where the cluster holds something
 * else, or that is to be kept. `natOutgoing` goes always, but for an object that has none and shall have none: it stays as it is
 * found. So does a CIDR that is only spelt otherwise. `allowedUses` goes in full: sets merge, and an absent item claims nothing.
 */
export function applyBody(desired: PoolSpec, live: PoolSpec | null, kept: readonly string[] = []): PoolSpec {
  const full = withDefaults(desired);
  const differing = live === null ? [] : differingFields(desired, live);
  const always = live === null || live.natOutgoing !== undefined ? ['natOutgoing'] : [];
  const stated = poolFields.filter(
    (field) =>
      desired[field] !== undefined || always.includes(field) || differing.includes(field) || kept.includes(field),
  );
  const body = Object.fromEntries(stated.map((field) => [field, desired[field] ?? full[field]])) as PoolSpec;
  return live === null || differing.includes('cidr') ? body : { ...body, cidr: live.cidr };
}

/** As Calico reads it: host bits of a CIDR count for nothing. */
function comparable(spec: PoolSpec): ReturnType<typeof withDefaults> {
  const prefix = prefixOfPool({ name: '', spec });
  return withDefaults(prefix === undefined ? spec : { ...spec, cidr: formatPrefix(prefix) });
}
