import type { Pool, Warning } from '../../../core/pool/spec.ts';
import { overlapsAmong } from '../../../core/pool/validate.ts';
import { type Actor, system } from '../actor.ts';
import { AppError } from '../app-error.ts';
import { applyChange, rehearseChange } from '../changes/apply-change.ts';
import type { ChangeView } from '../changes/change-view.ts';
import type { Current, Intent } from '../changes/decision.ts';
import { summaryOf } from '../changes/refuse-added.ts';
import type { Deps } from '../deps.ts';
import { optionalReason } from '../reason.ts';
import { clusterRefusals, MOST_REHEARSED } from './cluster-refusals.ts';
import { foreseenSaves } from './foreseen-saves.ts';
import { overlapsOfOthers } from './overlaps-of-others.ts';
import { readableCidrs, sameSpec } from './pool-input.ts';
import { readPoolYaml } from './read-yaml.ts';
import { warnAbout } from './warn-about.ts';
import type { TextPlace } from './yaml.ts';

export interface ImportPlan {
  /** names, in the order of the text */
  readonly created: string[];
  readonly updated: string[];
  readonly unchanged: string[];
  readonly notes: string[];
  /** about the pools that would be written, each with its pool; of pools of others in the cluster that they overlap `C17` */
  readonly warnings: (Warning & { pool: string })[];
  readonly revision: string;
}
export interface Imported extends ImportPlan {
  /** null: a dry run, or nothing had to change */
  readonly change: ChangeView | null;
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
  if (input.dryRun) return { ...(await previewImport(deps, input.yaml, { mayWrite: true })), change: null };
  const { intent, places, planned, upsert } = await planOf(actor, input.yaml, optionalReason(input.reason));
  const { change, revision } = await placed(applyChange(deps.db, intent), places);
  return { ...planned(), warnings: await warningsOf(deps, upsert()), change, revision };
}

/** What the import of the text would do. Only for `mayWrite` is the cluster asked as well. Throws what the import would throw. */
export async function previewImport(
  deps: Deps,
  yaml: string,
  { mayWrite }: { mayWrite: boolean },
): Promise<ImportPlan> {
  const { intent, places, planned, upsert } = await planOf(system, yaml, null);
  const { current } = await placed(rehearseChange(deps.db, intent), places);
  const refused = mayWrite ? await clusterRefusals(deps, upsert()) : () => [];
  const warnings = await warningsOf(deps, upsert(), refused);
  const plan = planned();
  const unasked = mayWrite && deps.cluster !== null && upsert().length > MOST_REHEARSED;
  const note = `the cluster was asked about the first ${MOST_REHEARSED} of these pools only`;
  const notes = unasked ? [...plan.notes, note] : plan.notes;
  return { ...plan, notes, warnings, revision: current.desired.revision };
}

/** What is refused says where in the text its pool stands. */
async function placed<T>(done: Promise<T>, places: ReadonlyMap<string, TextPlace>): Promise<T> {
  try {
    return await done;
  } catch (error) {
    if (!(error instanceof AppError) || error.reason !== 'POOL_VIOLATIONS') throw error;
    const violations = (error.details.violations ?? []).map((one) => ({ ...one, ...places.get(one.pool ?? '') }));
    throw new AppError(error.reason, summaryOf(violations), { ...error.details, violations });
  }
}

interface Planned {
  readonly intent: Intent;
  readonly places: ReadonlyMap<string, TextPlace>;
  readonly planned: () => Omit<ImportPlan, 'revision' | 'warnings'>;
  readonly upsert: () => Pool[];
}

async function planOf(actor: Actor, yaml: string, reason: string | null): Promise<Planned> {
  const { pools, places, notes } = await readPoolYaml(yaml);
  let sorted = sort(pools, { pools: new Map() });
  return {
    intent: {
      actor,
      reason,
      names: pools.map((pool) => pool.name),
      cidrs: readableCidrs(pools),
      decide: (current) => {
        sorted = sort(pools, current);
        const upsert = [...sorted.created, ...sorted.updated];
        return upsert.length === 0 ? [] : [{ action: 'pool.import', upsert }];
      },
    },
    places,
    planned: () => ({
      created: sorted.created.map(nameOf),
      updated: sorted.updated.map(nameOf),
      unchanged: sorted.unchanged.map(nameOf),
      notes,
    }),
    upsert: () => [...sorted.created, ...sorted.updated],
  };
}

async function warningsOf(
  deps: Deps,
  pools: readonly Pool[],
  refused: (pool: Pool) => Warning[] = () => [],
): Promise<ImportPlan['warnings']> {
  const [ownOf, foreseen] = await Promise.all([
    warnAbout(deps).then((warn) => warn(pools)),
    foreseenSaves(deps, pools),
  ]);
  const othersOf = overlapsOfOthers(deps, new Set(pools.map(nameOf)));
  const besides = (pool: Pool): Warning[] =>
    overlapsAmong(pool, othersOf(pool)).map(({ rule, ...rest }) => ({ code: rule, ...rest }));
  return pools.flatMap((pool) =>
    [...besides(pool), ...ownOf(pool), ...foreseen(pool), ...refused(pool)].map((warning) => ({
      ...warning,
      pool: pool.name,
    })),
  );
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
