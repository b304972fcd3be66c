import type { Pool, Warning } from '../../../core/pool/spec.ts';
import { overlapsAmong, validatePools } from '../../../core/pool/validate.ts';
import { poolsTouching } from '../../db/pools.ts';
import { showReleased } from '../../db/released.ts';
import { AppError, type PoolViolation } from '../app-error.ts';
import { MOST_VIOLATIONS } from '../changes/refuse-added.ts';
import type { Deps } from '../deps.ts';
import { clusterRefusals } from './cluster-refusals.ts';
import { foreseenSaves } from './foreseen-saves.ts';
import { overlapsOfOthers } from './overlaps-of-others.ts';
import { canonicalPool, readableCidrs } from './pool-input.ts';
import { readPoolYaml } from './read-yaml.ts';
import { warnAbout } from './warn-about.ts';
import { writeYaml } from './write-yaml.ts';

/** `ofOthers`: beside pools that are not ours in the cluster; no save is refused for that. */
export type PreviewViolation = PoolViolation & { readonly ofOthers?: true };

export interface Preview {
  /** everything that the pools as given would break; `pool` where they come as a text */
  readonly violations: PreviewViolation[];
  readonly warnings: (Warning & { pool?: string })[];
  /** canonical YAML of the pools concerned, as they are and as they would be; empty: there are none */
  readonly diff: { readonly before: string; readonly after: string };
}

const MOST_POOLS = 1000;

/**
 * What would come of writing these pools; at most 1000 violations are named. Only for `mayWrite` is the cluster asked as
 * well. Throws YAML_UNREADABLE, INVALID_INPUT.
 */
export async function previewPools(
  deps: Deps,
  input: { yaml: string } | Pool,
  { mayWrite }: { mayWrite: boolean },
): Promise<Preview> {
  const pools = 'yaml' in input ? (await readPoolYaml(input.yaml)).pools : [canonicalPool(input)];
  if (pools.length > MOST_POOLS) {
    const message = `yaml must hold at most ${MOST_POOLS} pools here, not ${pools.length}: the preview of an import takes more`;
    throw new AppError('INVALID_INPUT', message, { issues: [{ field: 'yaml', message }] });
  }
  const names = pools.map((pool) => pool.name);
  const [touched, warningsOf, foreseen, refused] = await Promise.all([
    poolsTouching(deps.db, names, readableCidrs(pools)).then((found) => showReleased(found.pools, found.released)),
    warnAbout(deps).then((warn) => warn(pools)),
    foreseenSaves(deps, pools),
    mayWrite ? clusterRefusals(deps, pools) : () => [],
  ]);
  const stored = new Map(touched.map(({ name, spec }) => [name, { name, spec }]));
  const own = new Set(names);
  const all = [...touched.filter(({ name }) => !own.has(name)), ...pools];
  const violations = validatePools(all, [...stored.values()], { names, most: MOST_VIOLATIONS });
  const othersOf = overlapsOfOthers(deps, own);
  const besides = (pool: Pool): PreviewViolation[] =>
    overlapsAmong(pool, othersOf(pool)).map((one) => ({ ...one, ofOthers: true }));
  const label = (name: string): { pool?: string } => ('yaml' in input ? { pool: name } : {});
  return {
    violations: pools
      .flatMap((pool) =>
        [...(violations.get(pool.name) ?? []), ...besides(pool)].map((one) => ({ ...one, ...label(pool.name) })),
      )
      .slice(0, MOST_VIOLATIONS),
    warnings: pools.flatMap((pool) =>
      [...warningsOf(pool), ...foreseen(pool), ...refused(pool)].map((one) => ({ ...one, ...label(pool.name) })),
    ),
    diff: {
      before: await yamlOf(names.flatMap((name) => stored.get(name) ?? [])),
      after: await yamlOf(pools),
    },
  };
}

const yamlOf = async (pools: readonly Pool[]): Promise<string> => (pools.length === 0 ? '' : writeYaml(pools, 'v3'));
