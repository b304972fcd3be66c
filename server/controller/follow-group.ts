/** The work of a leader: a term in the group that the cluster's pools are in, and another one when they move. */

import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { AgentPlacement } from '../../core/cluster/agent-placement.ts';
import type { Database } from '../db/client.ts';
import { beginTerm, rememberedPools, TermOver } from '../db/live.ts';
import { type LiveWatch, readWatch, writeWatch } from '../db/live-watch.ts';
import { oneAtATime } from '../db/serial.ts';
import type { Hub } from '../events/hub.ts';
import type { Connection } from '../kube/connection.ts';
import { KubeError } from '../kube/kube-error.ts';
import type { Tenure, Work } from '../kube/tenure.ts';
import { chooseGroup, type Known } from './choose-group.ts';
import { type PoolGroup, poolGroups } from './cluster-pools.ts';
import { returning } from './come-back.ts';
import { type Leading, lead } from './lead.ts';
import { termConnection } from './term-connection.ts';

export interface FollowGroupOptions {
  readonly db: Database;
  readonly hub: Hub;
  readonly connection: Connection;
  readonly tenure: Tenure;
  /** where they are meant to run */
  readonly agents: AgentPlacement;
  readonly identity: string;
  /** milliseconds since 1970 */
  readonly date: () => number;
  readonly onError: (error: unknown) => void;
}

export interface Following extends Work {
  watch(): LiveWatch;
  /** see Leading; resolves at once while no group is led */
  takeUp: Leading['takeUp'];
}

/** how often a better group is looked for */
const SETTLED_MS = 30_000;
/** the same while there is none, or a watch has lost its type, or the server could not say */
const LOOKING_MS = 1_000;
const TELL_MS = 1_000;
/** in seconds that nothing was told while the watch is live: a page shows its age */
const TELL_LIVE = 5;

/** Comes when a term has begun. Rejects when the database does not answer, or another leads. */
export async function followGroup(options: FollowGroupOptions): Promise<Following> {
  const { db, hub, tenure, identity, date, onError } = options;
  const connection = termConnection(options.connection, tenure);
  const stored = (await readWatch(db)).watch;
  if (!tenure.holds()) throw new TermOver('the lease holds no longer');
  let epoch = await beginTerm(db, identity);
  /** a group was led in this term: another one needs another */
  let used = false;
  let group: PoolGroup | null = null;
  let leading: Leading | null = null;
  /** where the last known pools are from, and whether that type, or that of the settings, was taken away since */
  let known: Known & Pick<LiveWatch, 'settingsLost'> = {
    from: poolGroups.find((one) => one === stored?.from) ?? null,
    lost: stored?.lost ?? false,
    settingsLost: stored?.settingsLost ?? false,
  };
  const come = returning({ db, connection, before: stored?.back ?? null, date });
  let found: { readonly looked: boolean; readonly why: string | null; readonly since: number };
  found = { looked: false, why: null, since: date() };
  const stopping = new AbortController();
  const { signal } = stopping;
  let told: LiveWatch | null = null;
  let tellNow = new AbortController();

  const failed = (error: unknown): void => {
    if (error instanceof TermOver) tenure.resign(error);
    else if (!signal.aborted) onError(error);
  };

  const move = async (to: PoolGroup | null): Promise<void> => {
    await leading?.stop();
    leading = null;
    // no group is followed until its term has begun: what fails on the way is tried again
    group = null;
    if (to === null) return;
    if (used) epoch = await beginTerm(db, identity, epoch);
    used = true;
    const another = known.from !== null && known.from !== to;
    // pools of a group that is believed are there; its settings may not be yet
    if (another) known = { ...known, settingsLost: true };
    group = to;
    leading = lead({
      db: oneAtATime(db),
      hub,
      connection,
      group: to,
      agents: options.agents,
      epoch,
      lasting: come.lasting({ pools: known.lost || another, settings: known.settingsLost }),
      now: date,
      onTermOver: over,
      // a page that shows how many wait need not wait for the next time
      onSettled: () => {
        if (told !== null && told.queued > 0) tellNow.abort();
      },
      onError: failed,
    });
  };
  const over = (): void => tenure.resign(new TermOver(`term ${epoch} is over`));

  /** What was decided about a return before is not about the one that follows this loss, even where it was half carried out. */
  const losePools = (): void => {
    if (!known.lost) come.end();
    known = { ...known, lost: known.from !== null };
  };

  const look = async (): Promise<void> => {
    come.hear((await readWatch(db)).word);
    const names = async () => [...(await rememberedPools(db)).known.keys()];
    const chosen = await chooseGroup({ connection, known, names, accepted: come.accepted, signal });
    if (signal.aborted) return;
    if (chosen.group === null) {
      losePools();
      known = { ...known, settingsLost: known.lost };
    }
    if (chosen.group !== group) await move(chosen.group);
    await come.look(chosen, known.settingsLost, signal);
    const why = [chosen.why, come.why()].filter((one) => one !== null).join('; ') || null;
    const same = found.looked && found.why === why;
    found = { looked: true, why, since: same ? found.since : date() };
  };
  const settled = (): boolean =>
    found.looked && leading !== null && !known.lost && !(known.settingsLost && come.settingsMatter());
  const keepLooking = async (): Promise<void> => {
    for (let waited = Number.POSITIVE_INFINITY; !signal.aborted; waited += LOOKING_MS) {
      note();
      if (waited >= SETTLED_MS || !settled()) {
        waited = 0;
        await look().catch((error: unknown) => {
          if (signal.aborted) return;
          if (!(error instanceof KubeError)) return failed(error);
          found = { ...found, why: error.message, since: error.message === found.why ? found.since : date() };
        });
      }
      await pause(LOOKING_MS, signal);
    }
  };

  /** What the watches have come to. What is believed is in force once it is in the ledger: until then it may be lost anew. */
  const note = (): void => {
    if (leading === null) return;
    const [pools, settings, mirrored] = [leading.watch(), leading.settingsWatch(), leading.mirrored()];
    if (pools.error?.kind === 'no-such-type') losePools();
    else if (pools.phase === 'live' && mirrored.pools) known = { ...known, from: group, lost: false };
    if (settings.error?.kind === 'no-such-type') known = { ...known, settingsLost: true };
    else if (settings.phase === 'live' && mirrored.settings) known = { ...known, settingsLost: false };
    if (!known.lost && !known.settingsLost) come.end();
  };
  const watch = (): LiveWatch => {
    note();
    const { looked, why, since } = found;
    const back = come.back();
    const state = leading?.watch();
    if (leading === null || state === undefined)
      return { group: null, ...known, back, phase: looked ? 'no-pools' : 'starting', since, error: why, queued: 0 };
    const { phase, error } = state;
    return { group, ...known, back, phase, since: state.since, error: error?.message ?? why, queued: leading.queued() };
  };
  const keepTelling = async (): Promise<void> => {
    for (let quiet = 0; !signal.aborted; quiet++) {
      tellNow = new AbortController();
      const now = watch();
      if (!isDeepStrictEqual(now, told) || (now.phase === 'live' && quiet >= TELL_LIVE)) {
        const before = told;
        told = now;
        quiet = 0;
        await writeWatch(db, epoch, { watch: now, heardAt: leading?.watch().heardAt ?? null }).catch(
          (error: unknown) => {
            told = before;
            failed(error);
          },
        );
      }
      await pause(TELL_MS, AbortSignal.any([signal, tellNow.signal]));
    }
  };

  /** Who could not hold the term hears nothing any more, whatever its watch came to last; whoever leads next says otherwise. */
  const tellLapse = async (): Promise<void> => {
    if (tenure.holds() || told?.phase !== 'live') return;
    const error = 'the lease could not be renewed in time: nobody follows the cluster until somebody leads again';
    const silent: LiveWatch = { ...told, phase: 'blind', since: date(), error };
    await writeWatch(db, epoch, { watch: silent, heardAt: null }).catch((fault: unknown) => {
      if (!(fault instanceof TermOver)) onError(fault);
    });
  };

  const loops = [keepLooking(), keepTelling()];
  return {
    watch,
    takeUp: async (...save) => leading?.takeUp(...save),
    async stop() {
      stopping.abort();
      await Promise.all(loops);
      await leading?.stop();
      await tellLapse();
    },
  };
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal }).catch(() => {});
