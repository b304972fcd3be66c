import { type FieldClaim, othersOn } from '../../../core/cluster/managed-fields.ts';
import type { Taken } from '../changes/change-view.ts';

/** of one field: a crowd is no more telling than its first ones */
const MOST_MANAGERS = 20;

/** Whose these fields are, as far as anybody knows when force is decided: what comes after that is not written over. */
export const takenFrom = (claims: readonly FieldClaim[], fields: readonly string[]): Taken[] =>
  fields.map((field) => {
    const managers = new Set(othersOn(claims, field).map(({ manager }) => manager));
    return { field, managers: [...managers].slice(0, MOST_MANAGERS) };
  });
