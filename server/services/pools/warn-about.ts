/** What warns about pools, the same for whoever shows them, previews them or has just saved them. */
import { modesOf, settingsOf } from '../../../core/cluster/live-settings.ts';
import { overlaySettings } from '../../../core/nat/settings.ts';
import { poolWarnings } from '../../../core/nat/stops-felix.ts';
import { indexOverlaps, type OverlapIndex } from '../../../core/pool/overlap.ts';
import type { Pool, Warning } from '../../../core/pool/spec.ts';
import { type Subject, subjectOf } from '../../../core/pool/subject.ts';
import { rangeWarnings } from '../../../core/pool/warnings.ts';
import { readLeaving } from '../../db/leaving.ts';
import { readStoppingFelixes } from '../../db/live-felix.ts';
import type { StateCache } from '../../state/state-cache.ts';
import type { Deps } from '../deps.ts';
import { wantedPools } from '../simulate/wanted-pools.ts';

/**
 * Read once, then asked of pools as given, in place of those of their names (none: of pools as they are there); beside the others, the
 * settings and the nodes that are in effect.
 */
export async function warnAbout(deps: Deps): Promise<(pools: readonly Pool[]) => (pool: Pool) => Warning[]> {
  const [{ hosts }, felix] = await Promise.all([
    // nodes' addresses that decide nothing are no change, so a state in memory does not have them
    deps.effective.ledger.head(deps.db),
    deps.cluster === null ? [] : readStoppingFelixes(deps.db),
    deps.state.refresh(),
    deps.effective.refresh(),
  ]);
  const settings = overlaySettings(settingsOf(felix), deps.state.settings);
  const modes = modesOf(felix);
  const overlapMatters = [modes.global, ...Object.values(modes.nodes)].some(Boolean);
  const there = overlapMatters ? await overlapsThere(deps) : null;
  const ranges = rangeWarnings({ nodes: hosts });
  return (pools) => {
    const named = new Set(pools.map(({ name }) => name));
    const given = there === null || pools.length === 0 ? null : indexOverlaps(pools.map(subjectOf));
    function* overlapping(pool: Subject): Generator<Subject> {
      for (const other of there?.of(pool) ?? []) if (!named.has(other.name)) yield other;
      yield* given?.of(pool) ?? [];
    }
    const stops = poolWarnings({ settings, modes, overlapping });
    return (pool) => [...ranges(pool), ...stops(pool)];
  };
}

/** What was indexed last, by what the cluster says, and by what that was made of. */
const indexed = new WeakMap<StateCache, { readonly of: string; readonly index: OverlapIndex }>();

/** Of the pools that are wanted. The index is as old as their places, which alone are asked of it. */
async function overlapsThere(deps: Deps): Promise<OverlapIndex> {
  const { db, state, effective } = deps;
  const leaving = [...(await readLeaving(db)).keys()].sort();
  const of = `${state.placement} ${effective.placement} ${leaving.join(' ')}`;
  const last = indexed.get(effective);
  if (last?.of === of) return last.index;
  const index = indexOverlaps((await wantedPools(deps)).map(subjectOf));
  indexed.set(effective, { of, index });
  return index;
}
