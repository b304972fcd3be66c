import { formatAddress, parseAddress } from '../../../core/net/address.ts';
import { formatPrefix, parsePrefix } from '../../../core/net/prefix.ts';
import { findPools } from '../../db/pools.ts';
import type { Deps } from '../deps.ts';
import { type PoolView, viewPools } from './pool-view.ts';

export interface PoolPage {
  readonly pools: PoolView[];
  /** all that match, on every page */
  readonly total: number;
  /** the effective one, which the nodes are compared with */
  readonly revision: string;
  /** of what is desired: the same without a cluster */
  readonly desiredRevision: string;
  readonly nextCursor: string | null;
}

/**
 * Pools in the order of their names. `search` is part of a name or CIDR; an address or CIDR also finds the pools that
 * overlap it. `cursor` is the last name of the page before.
 */
export async function listPools(
  deps: Deps,
  query: { search?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<PoolPage> {
  const search = query.search?.trim() || undefined;
  const network = search === undefined ? undefined : networkOf(search);
  const found = await findPools(deps.db, {
    limit: query.limit + 1, // one more tells whether there is a next page
    ...(search === undefined ? {} : { search }),
    ...(network === undefined ? {} : { network }),
    ...(query.cursor === undefined ? {} : { after: query.cursor }),
  });
  const page = found.pools.slice(0, query.limit);
  const [pools, effective] = await Promise.all([viewPools(deps, page), deps.effective.ledger.head(deps.db)]);
  return {
    pools,
    total: found.total,
    revision: deps.effective === deps.state ? found.revision : effective.revision,
    desiredRevision: found.revision,
    nextCursor: found.pools.length > query.limit ? (page.at(-1)?.name ?? null) : null,
  };
}

function networkOf(text: string): string | undefined {
  const address = parseAddress(text);
  if (address.ok) return formatAddress(address.value);
  const prefix = parsePrefix(text);
  return prefix.ok ? formatPrefix(prefix.value) : undefined;
}
