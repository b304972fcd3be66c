/** What the cluster would refuse of pools that are about to be saved, as warnings: what is desired may be ahead of the cluster. */
import type { Pool, Warning } from '../../../core/pool/spec.ts';
import type { Deps } from '../deps.ts';

/** One call each, while somebody waits: of a larger text the cluster is asked about the first of its pools. */
export const MOST_REHEARSED = 32;

/** By the pool's name; nothing without a cluster, or from one that does not answer. */
export async function clusterRefusals(
  { cluster }: Pick<Deps, 'cluster'>,
  pools: readonly Pool[],
): Promise<(pool: Pool) => Warning[]> {
  if (cluster === null) return () => [];
  const refused = await cluster.rehearsePools(pools.slice(0, MOST_REHEARSED));
  return ({ name }) =>
    (refused.get(name) ?? []).map(({ field, message }) => ({
      code: 'W_CLUSTER_REFUSES',
      field: field === '' ? 'spec' : field,
      message: `the cluster would refuse it as it is now: ${message}`,
    }));
}
