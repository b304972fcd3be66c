/**
 * A state in the memory of one process: what is desired, or what the cluster says.
 *
 * It is loaded once and then follows its ledger by sequence: changes are committed in the order of their numbers
 * (services/changes/apply-change.ts), so "everything after n" never misses one, whichever process wrote it. Each step is
 * checked: after a change the revision computed here must be the one that was written with it; if it is not, the state
 * is loaded anew instead of handing agents something nobody decided.
 */

import { type ClusterSettings, settingsFor } from '../../core/nat/settings.ts';
import { type Decider, makeDecider } from '../../core/nat/simulate.ts';
import type { Pool } from '../../core/pool/spec.ts';
import { addShare, removeShare, revisionOf } from '../../core/wire/revision.ts';
import type { EffectiveState, StreamMessage } from '../../core/wire/state.ts';
import type { Database } from '../db/client.ts';
import type { Effect } from './effect.ts';
import { desiredLedger, type Ledger } from './ledger.ts';
import { sumOfShares } from './shares.ts';

export type Snapshot = Extract<StreamMessage, { type: 'snapshot' }>;
export type Delta = Extract<StreamMessage, { type: 'delta' }>;

export interface StateCache {
  /** Reads what was changed since, and returns the sequence reached. Calls at the same time share one read. */
  refresh(): Promise<number>;
  readonly sequence: number;
  readonly revision: string;
  readonly settings: ClusterSettings;
  readonly hosts: readonly string[];
  pool(name: string): Pool | undefined;
  /** All pools, sorted by name. */
  pools(): readonly Pool[];
  /** Another number when a pool came or went, or has another CIDR: what is derived of those alone is kept that long. */
  readonly placement: number;
  snapshot(): Snapshot;
  /** From an agent's sequence to now: a delta, or a snapshot if that sequence is unknown or too old; null: nothing new. */
  since(sequence: number | undefined): Delta | Snapshot | null;
  /** The decider for one node (undefined: global settings); kept until the state changes. */
  decider(node: string | undefined): Decider;
  /** Called after each refresh that moved the state. Returns what ends it. */
  subscribe(moved: () => void): () => void;
  readonly ledger: Ledger;
}

export interface StateCacheOptions {
  readonly db: Database;
  /** which state it is (default: what is desired) */
  readonly ledger?: Ledger;
  /** a change did not lead to the revision written with it: the state was loaded anew */
  readonly onMismatch?: (sequence: number) => void;
  /** deltas go back this many changes (default 1000) */
  readonly history?: number;
}

/** So far behind the whole state is read instead: a change may hold thousands of pools. */
const MOST_FOLLOWED = 1000;

interface State {
  sequence: number;
  revision: string;
  settings: ClusterSettings;
  hosts: readonly string[];
  pools: Map<string, Pool>;
  sum: bigint;
  /** effects of the last changes: the first is that of `oldest + 1` */
  effects: Effect[];
  oldest: number;
}

/** Loads the whole state from the database. */
export async function openStateCache(options: StateCacheOptions): Promise<StateCache> {
  const { db, ledger = desiredLedger, onMismatch, history = 1000 } = options;
  let state = await load(db, ledger);
  let running: Promise<number> | undefined;
  let again = false;
  let sorted: readonly Pool[] | undefined;
  let placement = 0;
  const deciders = new Map<string, Decider>();
  const receivers = new Set<() => void>();

  /** What is derived goes with every step: the next read may fail, and then this one is what everybody gets. */
  const moved = (placed: boolean): void => {
    sorted = undefined;
    deciders.clear();
    if (placed) placement++;
  };

  const follow = async (): Promise<number> => {
    const from = state.sequence;
    try {
      await catchUp();
    } finally {
      if (state.sequence !== from) for (const tell of [...receivers]) tell();
    }
    return state.sequence;
  };

  const catchUp = async (): Promise<void> => {
    do {
      again = false;
      const changes = await ledger.since(db, state.sequence, MOST_FOLLOWED);
      const steps = changes.length === MOST_FOLLOWED ? [] : await stepsFrom(state, changes);
      const wrong = steps.find(({ isRight }) => !isRight);
      if (wrong !== undefined) onMismatch?.(wrong.sequence);
      if (wrong !== undefined || changes.length === MOST_FOLLOWED) {
        state = await load(db, ledger);
        moved(true);
      } else {
        // at once: one write of the cluster may be several changes, and what is between them never was
        for (const step of steps) {
          const placed = isPlaced(state, step.effect);
          advance(state, step);
          moved(placed);
        }
      }
      const extra = state.effects.length - history;
      if (extra > 0) {
        state.effects.splice(0, extra);
        state.oldest += extra;
      }
    } while (again);
  };

  return {
    refresh: () => {
      // A read that has begun may not see the newest change: it is followed by another one.
      again = true;
      running ??= follow().finally(() => {
        running = undefined;
      });
      return running;
    },
    get sequence() {
      return state.sequence;
    },
    get revision() {
      return state.revision;
    },
    get settings() {
      return state.settings;
    },
    get hosts() {
      return state.hosts;
    },
    pool: (name) => state.pools.get(name),
    pools,
    get placement() {
      return placement;
    },
    snapshot: () => ({ type: 'snapshot', state: effective() }),
    since: (sequence) => {
      if (sequence === state.sequence) return null;
      if (sequence === undefined || sequence < state.oldest || sequence > state.sequence) {
        return { type: 'snapshot', state: effective() };
      }
      return deltaFrom(state, sequence);
    },
    decider: (node) => {
      const settings = settingsFor(state.settings, node);
      const key = JSON.stringify(settings);
      const known = deciders.get(key) ?? makeDecider({ pools: pools(), settings, hosts: state.hosts });
      deciders.set(key, known);
      return known;
    },
    ledger,
    subscribe: (moved) => {
      receivers.add(moved);
      return () => receivers.delete(moved);
    },
  };

  function pools(): readonly Pool[] {
    sorted ??= [...state.pools.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return sorted;
  }

  function effective(): EffectiveState {
    const { sequence, revision, settings, hosts } = state;
    return { sequence, revision, settings, hosts: [...hosts], pools: [...pools()] };
  }
}

async function load(db: Database, ledger: Ledger): Promise<State> {
  const { head, pools } = await ledger.read(db);
  const { sequence, revision, settings, hosts } = head;
  return {
    sequence,
    revision,
    settings,
    hosts,
    pools: new Map(pools.map((pool) => [pool.name, pool])),
    sum: await sumOfShares(pools),
    effects: [],
    oldest: sequence,
  };
}

const isPlaced = ({ pools }: State, { remove, upsert }: Effect): boolean =>
  remove.length > 0 || upsert.some(({ name, spec }) => pools.get(name)?.spec.cidr !== spec.cidr);

type Logged = Awaited<ReturnType<Ledger['since']>>[number];

interface Step extends Logged, Pick<State, 'settings' | 'hosts' | 'sum'> {
  /** it follows the one before, and leads to the revision that was written with it */
  readonly isRight: boolean;
}

/** What each change leads to. The state is not touched: what takes long comes first. */
async function stepsFrom(state: State, changes: readonly Logged[]): Promise<Step[]> {
  const touched = new Map<string, Pool | undefined>();
  const now = (name: string): Pool | undefined => (touched.has(name) ? touched.get(name) : state.pools.get(name));
  let { sequence, sum, settings, hosts } = state;
  const steps: Step[] = [];
  for (const change of changes) {
    const { remove, upsert } = change.effect;
    const names = [...remove, ...upsert.map(({ name }) => name)];
    const gone = await sumOfShares(names.flatMap((name) => now(name) ?? []));
    sum = addShare(removeShare(sum, gone), await sumOfShares(upsert));
    for (const name of remove) touched.set(name, undefined);
    for (const pool of upsert) touched.set(pool.name, pool);
    settings = change.effect.settings ?? settings;
    hosts = change.effect.hosts ?? hosts;
    sequence += 1;
    const isRight = change.sequence === sequence && revisionOf(sum, settings, hosts) === change.revision;
    steps.push({ ...change, sum, settings, hosts, isRight });
    if (!isRight) break;
  }
  return steps;
}

function advance(state: State, { sequence, revision, effect, sum, settings, hosts }: Step): void {
  for (const name of effect.remove) state.pools.delete(name);
  for (const pool of effect.upsert) state.pools.set(pool.name, pool);
  state.effects.push(effect);
  Object.assign(state, { sequence, revision, sum, settings, hosts });
}

/** All effects after `from` as one: of a pool that changed twice only the last form counts. */
function deltaFrom(state: State, from: number): Delta {
  const touched = new Set<string>();
  let settings = false;
  let hosts = false;
  for (const effect of state.effects.slice(from - state.oldest)) {
    for (const pool of effect.upsert) touched.add(pool.name);
    for (const name of effect.remove) touched.add(name);
    settings ||= effect.settings !== undefined;
    hosts ||= effect.hosts !== undefined;
  }
  const names = [...touched].sort();
  return {
    type: 'delta',
    from,
    sequence: state.sequence,
    revision: state.revision,
    upsert: names.flatMap((name) => state.pools.get(name) ?? []),
    remove: names.filter((name) => !state.pools.has(name)),
    ...(settings ? { settings: state.settings } : {}),
    ...(hosts ? { hosts: [...state.hosts] } : {}),
  };
}
