import type { LivePool } from './live-pool.ts';
import { ourClaim } from './managed-fields.ts';
import { isApplier } from './ownership.ts';

type Deletable = Pick<LivePool, 'uid' | 'ownership' | 'claims'>;
/** uid null: it is made again, and nobody noted yet that it was */
type Applied = { readonly uid: string | null } | null;

/** What becomes of an object whose pool is deleted here. `disowned`: it stays, without our name. `kept`: it stays as it is. */
export type OnDelete = 'deleted' | 'disowned' | 'kept';

/**
 * A pool that is deleted here takes only an object of ours with it: the very one that we applied, or one under our name where
 * nothing is known to be applied. Who applies its CIDR as well has the whole pool in a source of its own, and would only make it
 * again: our name on it goes, and nothing else. So it is with one that others own by their mark, and with
 * another object that a backup made under our name.
 */
export function onDelete(live: Deletable, applied: Applied): OnDelete {
  const isThatOne = applied?.uid == null || live.uid === applied.uid;
  if (isThatOne && live.ownership.class === 'managed' && wholeAppliers(live).length === 0) return 'deleted';
  return ourClaim(live.claims) === undefined ? 'kept' : 'disowned';
}

export const oursToDelete = (live: Deletable, applied: Applied): boolean => onDelete(live, applied) === 'deleted';

/** Who else applies its CIDR. */
export const wholeAppliers = ({ claims }: Pick<LivePool, 'claims'>): string[] =>
  claims.filter((claim) => isApplier(claim) && claim.fields.includes('cidr')).map(({ manager }) => manager);
