/** What warns about pools, the same for whoever shows them, previews them or has just saved them. */
import { modesOf, settingsOf } from '../../../core/cluster/live-settings.ts';
import { overlaySettings } from '../../../core/nat/settings.ts';
import { poolWarnings } from '../../../core/nat/stops-felix.ts';
import type { Pool, Warning } from '../../../core/pool/spec.ts';
import { rangeWarnings } from '../../../core/pool/warnings.ts';
import { readStoppingFelixes } from '../../db/live-felix.ts';
import type { Deps } from '../deps.ts';
import { wantedPools } from '../simulate/wanted-pools.ts';

/**
 * Read once, then asked of pools as given, in place of those of their names; beside the others, the settings and the nodes that are
 * in effect.
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
  const there = overlapMatters ? await wantedPools(deps) : [];
  const ranges = rangeWarnings({ nodes: hosts });
  return (pools) => {
    const named = new Set(pools.map(({ name }) => name));
    const stops = poolWarnings({ settings, modes, pools: [...there.filter(({ name }) => !named.has(name)), ...pools] });
    return (pool) => [...ranges(pool), ...stops(pool)];
  };
}
