/** Whose fields an apply by force takes, as far as anybody knows when that is decided. */
import type { Pool } from '../pool/spec.ts';
import type { PoolField } from './compare.ts';
import { decideSync } from './decide-sync.ts';
import type { LivePool } from './live-pool.ts';
import { type FieldClaim, othersOn } from './managed-fields.ts';

export interface Taken {
  field: string;
  managers: string[];
}

/** of one field: a crowd is no more telling than its first ones */
const MOST_MANAGERS = 20;

/** What comes after that is not written over by a use of force. */
export const takenFrom = (claims: readonly FieldClaim[], fields: readonly string[]): Taken[] =>
  fields.map((field) => {
    const managers = new Set(othersOn(claims, field).map(({ manager }) => manager));
    return { field, managers: [...managers].slice(0, MOST_MANAGERS) };
  });

/** The same of those fields alone that go from somebody: what nobody asked to be forced says nothing of others, and items of a set stay. */
export const heldOf = (claims: readonly FieldClaim[], fields: readonly string[]): Taken[] =>
  fields
    .flatMap((field) =>
      takenFrom(
        claims.filter(({ items }) => items?.[field] === undefined),
        [field],
      ),
    )
    .filter(({ managers }) => managers.length > 0);

/** Of a pool that is written over without being asked about: what the cluster has of it, and the object that is ours. */
export interface Enforced {
  readonly live: LivePool;
  readonly uid: string | null;
  /** it was deleted here and goes first: nothing is written over (`SyncInput`) */
  readonly remade: boolean;
}

export function takenByEnforce(pool: Pool, { live, uid, remade }: Enforced, released: readonly PoolField[]): Taken[] {
  const next = decideSync({
    desired: { ...pool, version: 0 },
    live,
    applied: uid === null ? null : { uid, version: 0 },
    remade,
    policy: 'enforce',
    released,
    forced: false,
  });
  return next.do === 'apply' && next.over !== undefined ? heldOf(live.claims, next.over.fields) : [];
}
