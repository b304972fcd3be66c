import type { Pool } from '../../../core/pool/spec.ts';
import type { Actor } from '../actor.ts';
import { applyChange, type Current, type Intent, rehearseChange } from '../changes/apply-change.ts';
import type { ChangeView } from '../changes/change-view.ts';
import type { Deps } from '../deps.ts';
import { optionalReason } from '../reason.ts';
import { readableCidrs, sameSpec } from './pool-input.ts';
import { readPoolYaml } from './read-yaml.ts';

export interface Imported {
  /** names, in the order of the text */
  readonly created: string[];
  readonly updated: string[];
  readonly unchanged: string[];
  readonly notes: string[];
  /** null: a dry run, or nothing had to change */
  readonly change: ChangeView | null;
  readonly revision: string;
}

/**
 * Makes the pools of the text be as it says, all or none, as one change; pools that it does not name stay. Throws
 * YAML_UNREADABLE, POOL_VIOLATIONS. A dry run throws the same and writes nothing.
 */
export async function importPools(
  deps: Deps,
  actor: Actor,
  input: { yaml: string; reason?: string | undefined; dryRun?: boolean | undefined },
): Promise<Imported> {
  const { pools, notes } = readPoolYaml(input.yaml);
  let sorted = sort(pools, { pools: new Map() });
  const intent: Intent = {
    actor,
    reason: optionalReason(input.reason),
    names: pools.map((pool) => pool.name),
    cidrs: readableCidrs(pools),
    decide: (current) => {
      sorted = sort(pools, current);
      const upsert = [...sorted.created, ...sorted.updated];
      return upsert.length === 0 ? [] : [{ action: 'pool.import', upsert }];
    },
  };
  const { change, revision } = input.dryRun
    ? { change: null, revision: (await rehearseChange(deps.db, intent)).current.desired.revision }
    : await applyChange(deps.db, intent);
  return {
    created: sorted.created.map(nameOf),
    updated: sorted.updated.map(nameOf),
    unchanged: sorted.unchanged.map(nameOf),
    notes,
    change,
    revision,
  };
}

function sort(pools: readonly Pool[], current: Pick<Current, 'pools'>) {
  const created: Pool[] = [];
  const updated: Pool[] = [];
  const unchanged: Pool[] = [];
  for (const pool of pools) {
    const before = current.pools.get(pool.name);
    (before === undefined ? created : sameSpec(before.spec, pool.spec) ? unchanged : updated).push(pool);
  }
  return { created, updated, unchanged };
}

const nameOf = (pool: Pool): string => pool.name;
