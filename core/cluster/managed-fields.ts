/** Who claims which field of an object's spec: `metadata.managedFields` as the API server keeps it. */
import { fieldsOf, isFields } from '../calico/object.ts';

export interface FieldClaim {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  /** null where the server left it out */
  readonly at: string | null;
  /** fields of the spec (`natOutgoing`), sorted; empty: of the spec itself, which has none or is no object */
  readonly fields: readonly string[];
}

/** The field manager of every write of ours. */
export const OUR_MANAGER = 'outgate';

/** A server keeps ten entries of writers by Update, and any number by Apply: more than this nobody reads. */
const MOST_CLAIMS = 100;
/** a FelixConfiguration has some 180 */
const MOST_FIELDS = 400;

/**
 * Claims on the spec, in the server's order; of very many, ours and the last ones. Claims by way of a subresource (Calico writes `status`) and on metadata
 * alone are left out. What cannot be read claims nothing.
 */
export function specClaims(metadata: unknown): FieldClaim[] {
  const entries = fieldsOf(metadata)['managedFields'];
  const claims = Array.isArray(entries) ? entries.flatMap((entry) => claimOf(fieldsOf(entry))) : [];
  if (claims.length <= MOST_CLAIMS) return claims;
  const ours = ourClaim(claims);
  return claims.filter((claim, index) => claim === ours || index >= claims.length - MOST_CLAIMS);
}

function claimOf(entry: Record<string, unknown>): FieldClaim[] {
  const { manager, operation, time, subresource, fieldsV1 } = entry;
  if (typeof manager !== 'string' || (operation !== 'Apply' && operation !== 'Update')) return [];
  if (typeof subresource === 'string' && subresource !== '') return [];
  const spec = fieldsOf(fieldsV1)['f:spec'];
  if (!isFields(spec)) return [];
  const fields = Object.keys(spec)
    .filter((key) => key.startsWith('f:'))
    .map((key) => key.slice(2))
    .sort()
    .slice(0, MOST_FIELDS);
  return [{ manager, operation, at: typeof time === 'string' ? time : null, fields }];
}

/** The claim that our applies hold; an Update under our name is somebody else's. */
export const ourClaim = (claims: readonly FieldClaim[]): FieldClaim | undefined =>
  claims.find(({ manager, operation }) => manager === OUR_MANAGER && operation === 'Apply');

/** Fields that we applied and no longer claim: an Update writer took them away, without any conflict. */
export function lostFields(claims: readonly FieldClaim[], applied: readonly string[]): string[] {
  const kept = new Set(ourClaim(claims)?.fields);
  return applied.filter((field) => !kept.has(field)).sort();
}

/** The managers that claim a field, other than our applies. */
export const othersOn = (claims: readonly FieldClaim[], field: string): FieldClaim[] => {
  const ours = ourClaim(claims);
  return claims.filter((claim) => claim !== ours && claim.fields.includes(field));
};
