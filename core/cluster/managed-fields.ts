/** Who claims which field of an object's spec: `metadata.managedFields` as the API server keeps it. */
import { fieldsOf, isFields } from '../calico/object.ts';

export interface FieldClaim {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  /** null where the server left it out */
  readonly at: string | null;
  /** fields of the spec (`natOutgoing`), sorted; empty: of the spec itself, which has none or is no object */
  readonly fields: readonly string[];
  /** of those that are sets and have owners item by item: the items it claims, sorted */
  readonly items?: Readonly<Record<string, readonly string[]>>;
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
  const fields = named('f:', spec).slice(0, MOST_FIELDS);
  const sets = fields.map((field) => [field, named('v:', fieldsOf(spec[`f:${field}`])).slice(0, MOST_FIELDS)] as const);
  const items = Object.fromEntries(sets.filter(([, of]) => of.length > 0));
  const at = typeof time === 'string' ? time : null;
  return [{ manager, operation, at, fields, ...(Object.keys(items).length === 0 ? {} : { items }) }];
}

/** Keys of a fieldsV1 of one kind: `f:` of a field, `v:` of an item of a set. */
const named = (kind: 'f:' | 'v:', of: Record<string, unknown>): string[] =>
  Object.keys(of)
    .filter((key) => key.startsWith(kind))
    .map((key) => key.slice(kind.length))
    .sort();

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

/**
 * Whether an apply of ours without the field would take something from the object: the field, or of a set some item, has no
 * other owner.
 */
export function aloneOn(claims: readonly FieldClaim[], field: string): boolean {
  const ours = ourClaim(claims);
  if (ours === undefined || !ours.fields.includes(field)) return false;
  const others = othersOn(claims, field);
  if (others.length === 0) return true;
  const theirs = new Set(others.flatMap(({ items }) => items?.[field] ?? []));
  return (ours.items?.[field] ?? []).some((item) => !theirs.has(item));
}
