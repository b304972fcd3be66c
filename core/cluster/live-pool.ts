/** An IPPool object as the cluster holds it. Anything may stand in it: nothing here throws, and what is odd is named. */
import { fieldsOf, isFields } from '../calico/object.ts';
import { prefixOfPool } from '../nat/counted-pools.ts';
import { printable, quote } from '../net/quote.ts';
import { type FieldError, parsePoolSpec } from '../pool/shape.ts';
import type { Pool, PoolSpec } from '../pool/spec.ts';
import { type FieldClaim, specClaims } from './managed-fields.ts';
import { type Ownership, ownershipOf } from './ownership.ts';
import { storable } from './storable.ts';

export interface LivePool {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** what Calico reads; null when Calico cannot decode the object */
  readonly pool: Pool | null;
  /** the object can no longer be decoded, and `pool` is what it was before: a fault must not end anybody's NAT */
  readonly lastGood?: true;
  /** everything in the spec that is not as an IPPool has it */
  readonly problems: readonly FieldError[];
  readonly claims: readonly FieldClaim[];
  readonly ownership: Ownership;
  /** it has a deletionTimestamp: it still counts until it is gone */
  readonly deleting: boolean;
  /** what holds it there while it is being deleted; absent: nothing does, or it was read by a version that did not look */
  readonly finalizers?: readonly string[];
}

/** Null for something without name, uid or resource version: no object of an API server. */
export function readLivePool(object: unknown): LivePool | null {
  const metadata = fieldsOf(fieldsOf(object)['metadata']);
  const { name, uid, resourceVersion, deletionTimestamp } = metadata;
  const deleting = typeof deletionTimestamp === 'string';
  if (typeof name !== 'string' || typeof uid !== 'string' || typeof resourceVersion !== 'string') return null;
  const { spec, problems } = readSpec(fieldsOf(object)['spec']);
  return storable({
    name,
    uid,
    resourceVersion,
    pool: spec === null ? null : { name, spec },
    problems: few(problems),
    claims: specClaims(metadata),
    ownership: ownershipOf(metadata),
    deleting,
    ...finalizersOf(metadata),
  });
}

const MOST_FINALIZERS = 100;
const LONGEST_FINALIZER = 80;

function finalizersOf({ finalizers }: Readonly<Record<string, unknown>>): Pick<LivePool, 'finalizers'> {
  const names = Array.isArray(finalizers) ? finalizers.slice(0, MOST_FINALIZERS).filter(isText) : [];
  return names.length === 0 ? {} : { finalizers: names.map((name) => printable(name, LONGEST_FINALIZER)) };
}

/** What holds it in the cluster, which deletes it already. */
export const heldBy = ({ deleting, finalizers = [] }: Pick<LivePool, 'deleting' | 'finalizers'>): string[] =>
  deleting ? [...finalizers] : [];

/** `now`, or as much as can be known of it when it cannot be decoded but could before. */
export function keepLastGood(before: LivePool | undefined, now: LivePool): LivePool {
  const was = inForce(before);
  if (now.pool !== null || was === null || before?.uid !== now.uid) return now;
  return { ...now, pool: was, lastGood: true };
}

/** What nodes follow of it. Null: nothing; Calico can decode no object, or no CIDR in it. */
export function inForce(live: Pick<LivePool, 'pool'> | null | undefined): Pool | null {
  return live?.pool == null || prefixOfPool(live.pool) === undefined ? null : live.pool;
}

/** Why Calico cannot read the object as it stands, and whether what it was before stays in force; null: Calico reads it. */
export function unreadableOf(live: Pick<LivePool, 'pool' | 'lastGood' | 'problems'>): Unreadable | null {
  const { pool, lastGood, problems } = live;
  if (pool === null || lastGood) {
    return { why: problems.map(({ message }) => message).join('; '), followed: !!lastGood };
  }
  if (inForce(live) !== null) return null;
  return { why: `cidr must be an address range: ${quote(pool.spec.cidr)}`, followed: false };
}

export interface Unreadable {
  readonly why: string;
  readonly followed: boolean;
}

const MOST_PROBLEMS = 20;

function few(problems: readonly FieldError[]): readonly FieldError[] {
  if (problems.length <= MOST_PROBLEMS) return problems;
  const rest = problems.length - MOST_PROBLEMS;
  return [...problems.slice(0, MOST_PROBLEMS), { field: 'spec', message: `and ${rest} more problems` }];
}

/** Go types of the fields: a value of another type makes Calico drop the whole object, a strange word does not. */
const goTypes: Readonly<Record<keyof PoolSpec, (value: unknown) => boolean>> = {
  cidr: isText,
  natOutgoing: isFlag,
  disabled: isFlag,
  blockSize: Number.isInteger,
  ipipMode: isText,
  vxlanMode: isText,
  nodeSelector: isText,
  namespaceSelector: isText,
  allowedUses: (value) => Array.isArray(value) && value.every(isText),
  disableBGPExport: isFlag,
  assignmentMode: isText,
};

function readSpec(raw: unknown): { spec: PoolSpec | null; problems: FieldError[] } {
  if (raw === undefined || raw === null) {
    return { spec: null, problems: [{ field: 'spec', message: 'spec must be given' }] };
  }
  if (!isFields(raw)) {
    return { spec: null, problems: [{ field: 'spec', message: `spec must be an object: ${quote(raw)}` }] };
  }
  // null is the zero value to Go: as if the field were absent
  const given = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null));
  const strict = parsePoolSpec(given);
  if (strict.ok) return { spec: strict.value, problems: [] };
  const decodes = Object.entries(goTypes).every(([field, fits]) => !(field in given) || fits(given[field]));
  if (!decodes) return { spec: null, problems: strict.errors };
  const usable = Object.entries(given).filter(([field, value]) => {
    if (!(field in goTypes)) return false;
    return field === 'cidr' || parsePoolSpec({ cidr: '', [field]: value }).ok;
  });
  const lenient = parsePoolSpec(Object.fromEntries(usable));
  return { spec: lenient.ok ? lenient.value : null, problems: strict.errors };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean';
}
