/** `iptablesNATOutgoingInterfaceFilter`: a name, or the beginning of names when it ends in `+`. */

/** True when a connection that leaves by this interface passes the filter. */
export function passesFilter(filter: string, outInterface: string): boolean {
  return filter.endsWith('+') ? outInterface.startsWith(filter.slice(0, -1)) : outInterface === filter;
}

/** `+` alone fits every interface: iptables drops it from the rule, so it is no filter at all. */
export const filterOf = (text: string | undefined): string | null =>
  text === undefined || text === '' || text === '+' ? null : text;

/** Interfaces by what two filters say of them; those that neither lets through are left out. */
export interface FilterPart {
  /** those that `only` lets through (null: all) and `not` does not (null: none) */
  readonly out: { readonly only: string | null; readonly not: string | null };
  readonly inBefore: boolean;
  readonly inAfter: boolean;
}

/** Null is every interface. Of two filters one holds the other, or they share no name. */
export function filterParts(before: string | null, after: string | null): FilterPart[] {
  const part = (only: string | null, not: string | null, inBefore: boolean, inAfter: boolean): FilterPart => ({
    out: { only, not },
    inBefore,
    inAfter,
  });
  if (before === after) return [part(before, null, true, true)];
  if (holds(before, after)) return [part(after, null, true, true), part(before, after, true, false)];
  if (holds(after, before)) return [part(before, null, true, true), part(after, before, false, true)];
  return [part(before, null, true, false), part(after, null, false, true)];
}

const holds = (outer: string | null, inner: string | null): boolean =>
  outer === null || (inner !== null && outer.endsWith('+') && inner.startsWith(outer.slice(0, -1)));
