/** What is to be written where a pool of others comes from: for Tigera's operator its list of pools, for all others the IPPool. */
import { type InstallationPatch, installationPatch } from '../calico/installation.ts';
import { writePools } from '../calico/write.ts';
import type { FieldError } from '../pool/shape.ts';
import type { PoolSpec } from '../pool/spec.ts';
import { differingFields } from './compare.ts';
import type { LivePool } from './live-pool.ts';
import { TIGERA } from './owner-marks.ts';
import type { Ownership } from './ownership.ts';

export type Owned = Pick<Ownership, 'owner' | 'class'>;

export interface TheirPool extends Owned {
  readonly name: string;
  readonly spec: PoolSpec | null;
  readonly problems: readonly FieldError[];
  readonly deleting: boolean;
}

/** Null: its spec cannot be read. `all` are the pools that the cluster has; `desired` is what it shall be, absent as it is. */
export function copyPatch(
  pool: TheirPool,
  { all, api, desired }: { all: readonly TheirPool[]; api: 'v3' | 'v1'; desired?: PoolSpec },
): InstallationPatch | null {
  const spec = desired ?? pool.spec;
  if (spec === null) return null;
  if (!isTigeras(pool)) return { text: writePools([{ name: pool.name, spec }], api), without: [] };
  const wanted = desired === undefined ? pool : { ...pool, spec: kept(desired, pool.spec), problems: [] };
  const rest = all.filter((other) => isTigeras(other) && !other.deleting && other.name !== pool.name);
  const pools = [...rest, wanted].sort((a, b) => (a.name < b.name ? -1 : 1));
  return installationPatch(pools, { name: pool.name, as: desired === undefined ? 'live' : 'desired' });
}

/** The operator knows a pool by its CIDR as it is written, and a block size that nobody states is the one that it has. */
function kept(desired: PoolSpec, live: PoolSpec | null): PoolSpec {
  if (live === null) return desired;
  const cidr = differingFields(desired, live).includes('cidr') ? desired.cidr : live.cidr;
  const blockSize = desired.blockSize || live.blockSize;
  return { ...desired, cidr, ...(blockSize !== undefined && { blockSize }) };
}

/** A pool as the cluster holds it, for `copyPatch`. */
export const theirPool = ({ name, pool, problems, ownership, deleting }: LivePool): TheirPool => ({
  name,
  spec: pool?.spec ?? null,
  owner: ownership.owner,
  class: ownership.class,
  problems,
  deleting,
});

/** A manager of any name may apply: the class says that it is the operator's mark, or (of older ones) a reference to its Installation. */
export const isTigeras = (pool: Owned): boolean =>
  pool.class === 'operator' && (pool.owner === TIGERA || pool.owner === 'Installation/default');
