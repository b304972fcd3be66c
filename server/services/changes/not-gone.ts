/** What the cluster has still of pools that were deleted here: their deletion waits, and so does what was decided of one that was made again. */

import type { LoggedChange } from '../../db/changes.ts';
import type { Queryable } from '../../db/client.ts';
import { type Leaving, readLeaving, readLeavingBefore } from '../../db/leaving.ts';
import { readPools } from '../../db/pools.ts';
import { goingOf } from '../cluster/going.ts';
import { readStandings } from '../cluster/standing.ts';

/** `refused`: how the cluster refused the first of those that it refused. */
export interface NotGone {
  names: string[];
  refused: Leaving['refused'];
  /** what holds them there, as far as that is known */
  finalizers: string[];
}

export interface Waits {
  /** pools that the change deleted here, and that the cluster has still */
  readonly notGone: NotGone | null;
  /** pools that it decides, and that are made when the object that was deleted here before is gone */
  readonly goesFirst: NotGone | null;
}

/** Of a change that waits. */
export async function readNotGone(
  db: Queryable,
  { sequence, action, pools }: Pick<LoggedChange, 'sequence' | 'action' | 'pools'>,
): Promise<Waits> {
  const touched = new Set(pools);
  const [leaving, before] = await Promise.all([readLeaving(db), readLeavingBefore(db)]);
  const first = await thatGoFirst(
    db,
    [...before].filter(([name]) => touched.has(name)),
  );
  // a deletion waits also where another one came before it was carried out
  const goes = [...leaving, ...first].filter(
    ([name, one]) =>
      one.change === sequence || (action === 'pool.delete' && one.change > sequence && touched.has(name)),
  );
  return {
    notGone: viewNotGone(goes.sort(([one], [other]) => (one < other ? -1 : 1))),
    goesFirst: viewNotGone(first.filter(([, one]) => one.change < sequence)),
  };
}

/** Others stay, and become what is desired. */
async function thatGoFirst(db: Queryable, before: [string, Leaving][]): Promise<[string, Leaving][]> {
  if (before.length === 0) return [];
  const names = before.map(([name]) => name);
  const [pools, standings] = await Promise.all([readPools(db, names), readStandings(db, names)]);
  const going = new Set(pools.flatMap((pool) => (goingOf(pool, standings(pool.name))?.here ? pool.name : [])));
  return before.filter(([name]) => going.has(name));
}

function viewNotGone(goes: readonly [string, Leaving][]): NotGone | null {
  if (goes.length === 0) return null;
  return {
    names: goes.map(([name]) => name),
    refused: goes.find(([, one]) => one.refused !== null)?.[1].refused ?? null,
    finalizers: [...new Set(goes.flatMap(([, one]) => one.finalizers))].sort(),
  };
}
