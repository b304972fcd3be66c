/** What the cluster does otherwise than a cell shows, which says what is desired. Pure. */
import type { Facets } from '../../core/pool/spec.ts';

const words: Record<keyof Facets, { yes: string; no: string }> = {
  allocates: { yes: 'yes', no: 'no' },
  nats: { yes: 'NATed', no: 'keeps address' },
  exempt: { yes: 'exempt', no: 'not exempt' },
};

/** Null: the same. `none`: the cluster has no such pool, so what it should do is not done. */
export function liveWord(facet: keyof Facets, desired: Facets, live: Facets | 'none' | null): string | null {
  if (live === null) return null;
  if (live === 'none') return desired[facet] ? 'no pool' : null;
  return live[facet] === desired[facet] ? null : words[facet][live[facet] ? 'yes' : 'no'];
}
