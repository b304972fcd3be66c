import type { Pool, Warning } from '../../../core/pool/spec.ts';
import { validatePool } from '../../../core/pool/validate.ts';
import { warningsFor } from '../../../core/pool/warnings.ts';
import { readNodes } from '../../db/nodes.ts';
import { poolsTouching } from '../../db/pools.ts';
import type { PoolViolation } from '../app-error.ts';
import type { Deps } from '../deps.ts';
import { nodeAddresses } from '../nodes/node-addresses.ts';
import { clusterRefusals } from './cluster-refusals.ts';
import { canonicalPool, readableCidrs } from './pool-input.ts';
import { readPoolYaml } from './read-yaml.ts';
import { stoppingFelix } from './stopping-felix.ts';
import { writeYaml } from './write-yaml.ts';

export interface Preview {
  /** everything that the pools as given would break; `pool` where there are several */
  readonly violations: PoolViolation[];
  readonly warnings: (Warning & { pool?: string })[];
  /** canonical YAML of the pools concerned, as they are and as they would be; empty: there are none */
  readonly diff: { readonly before: string; readonly after: string };
}

/** What would come of writing these pools. Only for `mayWrite` is the cluster asked as well. Throws YAML_UNREADABLE. */
export async function previewPools(
  deps: Deps,
  input: { yaml: string } | Pool,
  { mayWrite }: { mayWrite: boolean },
): Promise<Preview> {
  const pools = 'yaml' in input ? (await readPoolYaml(input.yaml)).pools : [canonicalPool(input)];
  const names = pools.map((pool) => pool.name);
  const [touched, nodes, stops, refused] = await Promise.all([
    poolsTouching(deps.db, names, readableCidrs(pools)),
    readNodes(deps.db),
    stoppingFelix(deps, pools),
    mayWrite ? clusterRefusals(deps, pools) : () => [],
  ]);
  const stored = new Map(touched.map(({ name, spec }) => [name, { name, spec }]));
  const others = [...touched.filter(({ name }) => !names.includes(name)), ...pools];
  const addresses = nodeAddresses(nodes);
  const label = (name: string): { pool?: string } => (pools.length > 1 ? { pool: name } : {});
  return {
    violations: pools.flatMap((pool) =>
      validatePool(pool, others, stored.get(pool.name)).map((one) => ({ ...one, ...label(pool.name) })),
    ),
    warnings: pools.flatMap((pool) =>
      [...warningsFor(pool, { nodes: addresses }), ...stops(pool), ...refused(pool)].map((one) => ({
        ...one,
        ...label(pool.name),
      })),
    ),
    diff: {
      before: await yamlOf(names.flatMap((name) => stored.get(name) ?? [])),
      after: await yamlOf(pools),
    },
  };
}

const yamlOf = async (pools: readonly Pool[]): Promise<string> => (pools.length === 0 ? '' : writeYaml(pools, 'v3'));
