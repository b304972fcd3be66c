/**
 * The types of the cluster came back after a loss and lack what was known: what would go when the cluster is followed as it
 * is, and the word to do so. The leader carries it out.
 */
import { z } from 'zod';
import { beyond, type ComeBack, firstOf, type Word, wordFor } from '../../../core/cluster/come-back.ts';
import { decideSync } from '../../../core/cluster/decide-sync.ts';
import { inForce, type LivePool } from '../../../core/cluster/live-pool.ts';
import { settingsOf } from '../../../core/cluster/live-settings.ts';
import { type SharedSource, sharedSources } from '../../../core/nat/shared-source.ts';
import { facetsOf } from '../../../core/pool/defaults.ts';
import { changeNumber } from '../../../core/wire/change-number.ts';
import { syncInputOf } from '../../controller/sync-input.ts';
import { type PoolAtHand, readAtHand } from '../../db/at-hand.ts';
import { readLivePools } from '../../db/live.ts';
import { readLiveFelixes } from '../../db/live-felix.ts';
import { lockWatch, readWatch, writeWord } from '../../db/live-watch.ts';
import type { Actor } from '../actor.ts';
import { AppError } from '../app-error.ts';
import { mustChange } from '../changes/apply-change.ts';
import type { ChangeView, Content } from '../changes/change-view.ts';
import type { Deps } from '../deps.ts';
import { requiredReason } from '../reason.ts';
import { clusterOf } from './cluster.ts';

const count = z.int().min(0);
export const goingSchema = z.object({
  group: z.string(),
  /** names this return and no other; milliseconds since 1970 */
  since: z.int(),
  known: z.object({ pools: count, settings: count }),
  /** pools that are missing and would go, if only until they are made again; in the order of names */
  pools: z.array(
    z.object({
      name: z.string(),
      /** null: the pool could not be read */
      cidr: z.string().nullable(),
      /** outgoing connections from it, or from a part of it, are NATed: pools that share its addresses count (C17) */
      nats: z.boolean(),
      /** connections to it are not NATed */
      exempts: z.boolean(),
      /** it is decided here */
      ours: z.boolean(),
      /** and made again in the cluster, as it is desired: by the policy `enforce`, or it was never brought there */
      madeAgain: z.boolean(),
    }),
  ),
  /** FelixConfigurations that would go, with what they say about NAT */
  settings: z.array(z.object({ name: z.string(), fields: z.record(z.string(), z.string()) })),
  /** what somebody decided about this return; `beyond`: what is missing by now and was not seen then */
  word: z.object({ change: z.int(), beyond: z.array(z.string()) }).nullable(),
});
export type Going = z.infer<typeof goingSchema>;

/** Null: nothing came back that lacks something. Throws NO_CLUSTER. */
export async function previewFollow(deps: Deps): Promise<Going | null> {
  clusterOf(deps);
  const { watch, word } = await readWatch(deps.db);
  const back = watch?.back ?? null;
  if (back === null) return null;
  const [pools, felixes] = await Promise.all([
    readAtHand(deps.db, back.pools.missing),
    readLiveFelixes(deps.db, back.settings.missing),
  ]);
  await deps.effective.refresh();
  const shared = sharedSources(deps.effective.pools());
  const said = wordFor(word, back);
  return {
    group: back.group,
    since: back.since,
    known: { pools: back.pools.known, settings: back.settings.known },
    pools: [...pools.values()].flatMap((one) =>
      one.live === undefined ? [] : [goingPool(one, one.live, shared.get(one.live.name))],
    ),
    settings: felixes.map(({ name, settings }) => ({ name, fields: textsOf(settings ?? {}) })),
    word: said === null ? null : { change: said.change, beyond: beyond(back, said) },
  };
}

function goingPool(atHand: PoolAtHand, live: LivePool, shared: SharedSource | undefined): Going['pools'][number] {
  const pool = inForce(live);
  const { nats: own, exempt } = pool === null ? { nats: false, exempt: false } : facetsOf(pool.spec);
  const nats = shared === undefined ? own : shared.nats !== 'none';
  const cidr = live.pool?.spec.cidr ?? null;
  return {
    name: live.name,
    cidr,
    nats,
    exempts: exempt,
    ours: atHand.pool !== undefined,
    madeAgain: isMadeAgain(atHand),
  };
}

/** As the controller decides it, once the cluster is followed without the pool. */
const isMadeAgain = ({ pool, row, released }: PoolAtHand): boolean =>
  pool !== undefined && decideSync(syncInputOf(pool, { row, live: undefined, released })).do === 'apply';

const textsOf = (settings: object): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).map(([field, value]) => [field, String(value)]));

export interface FollowInput extends Pick<Word, 'since' | 'pools' | 'settings'> {
  readonly reason?: string | undefined;
}

/**
 * Follows the cluster as it came back, without these pools and FelixConfigurations, and no others: the input is what was
 * previewed. Throws NO_CLUSTER, REASON_REQUIRED, NOTHING_CHANGES when nothing is lacking (any more) or it is decided already,
 * CHANGED_SINCE naming what is missing beyond what was previewed, also when it is another return.
 */
export async function followAsIs(
  deps: Deps,
  actor: Actor,
  { reason, ...seen }: FollowInput,
): Promise<{ change: ChangeView; revision: string }> {
  clusterOf(deps);
  return mustChange(deps.db, {
    actor,
    reason: requiredReason(reason),
    names: [],
    cidrs: [],
    decide: async ({ desired }, tx) => {
      const { watch, word } = await lockWatch(tx);
      const back = mustBeSeen(watch?.back ?? null, seen);
      mustBeOpen(back, word);
      const { missing: pools } = back.pools;
      const { missing: settings } = back.settings;
      await writeWord(tx, { group: back.group, since: back.since, change: desired.sequence + 1, pools, settings });
      const gone = await readLivePools(tx, pools);
      const felixes = await readLiveFelixes(tx);
      const left = felixes.filter(({ name }) => !settings.includes(name));
      const content: { before: Content; after: Content } =
        pools.length > 0
          ? { before: gone.flatMap(({ pool }) => pool ?? []), after: [] }
          : { before: settingsOf(felixes), after: settingsOf(left) };
      return [{ action: 'cluster.follow', follow: { pools, settings, ...content } }];
    },
  });
}

function mustBeSeen(back: ComeBack | null, seen: Pick<Word, 'since' | 'pools' | 'settings'>): ComeBack {
  if (back === null) {
    throw new AppError(
      'NOTHING_CHANGES',
      'nothing that was known is missing: the cluster is followed, or its types are gone',
    );
  }
  const more = beyond(back, seen);
  const anew = back.since !== seen.since;
  if (more.length === 0 && !anew) return back;
  const message = [
    ...(anew ? ['the types of the cluster were lost again and came back since you looked'] : []),
    ...(more.length === 0 ? [] : [`missing by now, and not shown to you: ${firstOf(more)}`]),
  ].join('; ');
  throw new AppError('CHANGED_SINCE', `${message}. Nothing was decided: look again`, {
    issues: more.slice(0, MOST_ISSUES).map((name) => ({ field: 'pools', message: `${name} is missing too` })),
  });
}

/** A word that covers all that is missing is carried out as it is: a second one would stand in History and do nothing. */
function mustBeOpen(back: ComeBack, word: Word | null): void {
  const said = wordFor(word, back);
  if (said === null || beyond(back, said).length > 0) return;
  const decided = `it is decided already, by change ${changeNumber(said.change)}`;
  throw new AppError('NOTHING_CHANGES', `${decided}: the server that leads follows the cluster as it is`);
}

const MOST_ISSUES = 100;
