import { settingsErrors } from '../core/calico/settings-errors.ts';
import { prefixOfPool } from '../core/nat/counted-pools.ts';
import { type ClusterSettings, noSettings } from '../core/nat/settings.ts';
import { quote } from '../core/net/quote.ts';
import type { Pool } from '../core/pool/spec.ts';
import { InputError, type Io } from './command.ts';
import { formatErrors } from './format-errors.ts';
import { readInput } from './read-input.ts';

export interface State {
  readonly pools: readonly Pool[];
  readonly settings: ClusterSettings;
  /** addresses of the Node objects */
  readonly hosts: readonly string[];
  readonly nodes: readonly string[];
}

/**
 * Pools, NAT settings and nodes of `-f FILE...`, to be judged as a kernel would: pools that break rules are taken as they are,
 * as long as their CIDR can be read. Throws InputError with every setting and every CIDR that cannot be programmed.
 */
export async function readState(paths: readonly string[] | undefined, io: Io): Promise<State> {
  const manifests = await readInput(paths, io);
  const pools = manifests.pools.map(({ pool }) => pool);
  const settings = manifests.settings ?? noSettings;
  const unreadable = manifests.pools
    .filter(({ pool }) => prefixOfPool(pool) === undefined)
    .map(({ pool, file, document, line }) => {
      const message = `IPPool CIDR must be a valid subnet: ${quote(pool.spec.cidr)}`;
      return { file, document, line, field: 'spec.cidr', message };
    });
  const problems = [...unreadable, ...settingsErrors(manifests)];
  if (problems.length > 0) throw new InputError(formatErrors(problems).trimEnd(), problems);
  return {
    pools,
    settings,
    hosts: manifests.nodes.flatMap(({ addresses }) => addresses),
    nodes: manifests.nodes.map(({ name }) => name),
  };
}
