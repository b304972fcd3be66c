/** The list of pools as the table shows it: filtered, sorted, each row knowing the pool it lies in. Pure. */

import type { SyncReason, SyncState } from '../../core/cluster/sync-state.ts';
import { parseAddress } from '../../core/net/address.ts';
import { comparePrefix, contains, overlaps, type Prefix, parseInterface, prefixOf } from '../../core/net/prefix.ts';
import type { Facets, PoolSpec, Violation, Warning } from '../../core/pool/spec.ts';
import type { ListView } from './list-view.ts';

/** What of pools.list the table needs. */
export interface ListedPool {
  name: string;
  spec: PoolSpec;
  facets: Facets;
  version: number;
  nodes: { programmed: number; total: number };
  natted: number | string;
  /** of traffic from it, where pools that share its addresses decide */
  decidedBy: { nats: 'all' | 'part' | 'none'; by: readonly string[] } | null;
  violations: Violation[];
  warnings: Warning[];
  /** null without a cluster */
  sync: { state: SyncState; reason: SyncReason } | null;
  /** what the cluster does where it is not as desired; null: as desired, or not known */
  live: Facets | 'none' | null;
}

export interface Row {
  pool: ListedPool;
  /** null if the CIDR cannot be read */
  prefix: Prefix | null;
  /** CIDR of the smallest pool around it */
  inside: string | null;
}

export function makeRows(pools: readonly ListedPool[]): Row[] {
  const rows: Row[] = pools.map((pool) => ({ pool, prefix: readPrefix(pool.spec.cidr), inside: null }));
  const open: Row[] = [];
  for (const row of rows.toSorted(byCidr)) {
    while (open.length > 0 && !holds(open.at(-1), row)) open.pop();
    row.inside = open.at(-1)?.pool.spec.cidr ?? null;
    if (row.prefix !== null) open.push(row);
  }
  return rows;
}

/** The rows that the filters leave, in the asked order (ties by name). */
export function visibleRows(rows: readonly Row[], view: ListView): Row[] {
  const wanted = matcher(view.search);
  const left = rows.filter(
    (row) =>
      (view.family === 'all' || (row.prefix?.family ?? 4) === Number(view.family)) &&
      hasFacet(row, view.facet) &&
      (view.sync === 'all' || row.pool.sync?.state === view.sync) &&
      wanted(row),
  );
  const sign = view.descending ? -1 : 1;
  return left.sort((a, b) => sign * orders[view.sort](a, b) || (a.pool.name < b.pool.name ? -1 : 1));
}

export function hasFacet({ pool }: Row, facet: ListView['facet']): boolean {
  if (facet === 'all') return true;
  return facet === 'violations' ? pool.violations.length > 0 : pool.facets[facet];
}

/** By a part of the name or CIDR; an address finds the pools that hold it. */
function matcher(search: string): (row: Row) => boolean {
  const text = search.trim().toLowerCase();
  if (text === '') return () => true;
  const address = parseAddress(text);
  return ({ pool, prefix }) =>
    pool.name.includes(text) ||
    pool.spec.cidr.toLowerCase().includes(text) ||
    (address.ok && prefix !== null && contains(prefix, address.value));
}

const orders: Record<ListView['sort'], (a: Row, b: Row) => number> = {
  name: (a, b) => (a.pool.name < b.pool.name ? -1 : a.pool.name > b.pool.name ? 1 : 0),
  cidr: byCidr,
  nodes: (a, b) => share(a) - share(b),
  natted: (a, b) => Number(a.pool.natted) - Number(b.pool.natted),
};

function byCidr(a: Row, b: Row): number {
  if (a.prefix === null || b.prefix === null) return Number(a.prefix === null) - Number(b.prefix === null);
  return comparePrefix(a.prefix, b.prefix);
}

const share = ({ pool }: Row): number => (pool.nodes.total === 0 ? 0 : pool.nodes.programmed / pool.nodes.total);

const holds = (outer: Row | undefined, inner: Row): boolean =>
  outer?.prefix != null && inner.prefix !== null && overlaps(outer.prefix, inner.prefix);

function readPrefix(cidr: string): Prefix | null {
  const parsed = parseInterface(cidr);
  return parsed.ok ? prefixOf(parsed.value.address, parsed.value.length) : null;
}
