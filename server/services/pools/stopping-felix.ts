/** What pools that are about to be saved would stop Felix on, with the settings and the other pools that are in effect. */
import { modesOf, settingsOf } from '../../../core/cluster/live-settings.ts';
import { overlaySettings } from '../../../core/nat/settings.ts';
import { poolWarnings } from '../../../core/nat/stops-felix.ts';
import type { Pool, Warning } from '../../../core/pool/spec.ts';
import { readDesired } from '../../db/desired.ts';
import { readLiveFelixes } from '../../db/live-felix.ts';
import type { Deps } from '../deps.ts';
import { poolsBesideSettings } from '../settings/effective-pools.ts';

export async function stoppingFelix(deps: Deps, drafts: readonly Pool[]): Promise<(pool: Pool) => Warning[]> {
  const inCluster = deps.cluster !== null;
  const [{ settings: decided }, felix] = await Promise.all([
    readDesired(deps.db),
    inCluster ? readLiveFelixes(deps.db) : [],
  ]);
  const settings = overlaySettings(settingsOf(felix), decided);
  const modes = modesOf(felix);
  const overlapMatters = [modes.global, ...Object.values(modes.nodes)].some(Boolean);
  const named = new Set(drafts.map(({ name }) => name));
  const there = overlapMatters ? await poolsBesideSettings(deps.db, inCluster) : [];
  return poolWarnings({ settings, modes, pools: [...there.filter(({ name }) => !named.has(name)), ...drafts] });
}
