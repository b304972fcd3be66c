/** Takes what the watch saw of the cluster's pools into the live ledger, which agents and replicas follow. */
import { fieldsMoved } from '../../core/cluster/compare.ts';
import { inForce, keepLastGood, type LivePool } from '../../core/cluster/live-pool.ts';
import { OUR_MANAGER } from '../../core/cluster/managed-fields.ts';
import { heldOf } from '../../core/cluster/taken.ts';
import type { Pool } from '../../core/pool/spec.ts';
import { addShare, poolShare, removeShare, revisionOf } from '../../core/wire/revision.ts';
import type { Database, Queryable } from '../db/client.ts';
import { type Live, lockLive, readLivePools, writeLiveChange, writeLivePools } from '../db/live.ts';
import { readPools } from '../db/pools.ts';
import { readReleased } from '../db/released.ts';
import { readSync } from '../db/sync.ts';
import { noticeText } from '../events/notice.ts';
import { sumOfShares } from '../state/shares.ts';
import type { Ours } from './decided-by.ts';
import { isNewer } from './is-newer.ts';
import { readOtherwise, removedBy, type Step, stayingOf, type Told, tellerOf } from './pool-teller.ts';

export interface Seen {
  readonly seen: readonly LivePool[];
  /** pools that are no more; the caller knows that the resource type still is */
  readonly gone: readonly Pick<LivePool, 'name' | 'uid'>[];
}

/** What became different, by one writer for one reason. */
interface Move extends Told {
  readonly moves: { readonly name: string; readonly before: Pool | null; readonly after: Pool | null }[];
}

/**
 * Pools are stored as seen, whatever the order: an event that is older than what is stored says nothing new. Where the effective
 * pool differs, a live change says so: one for each writer and cause; so it does, moving nothing, where an object cannot be read:
 * it came, is no longer read, or goes. Throws TermOver when `epoch` is not the current term; nothing was written then. Returns the
 * live sequence.
 */
export function mirror(db: Database, epoch: number, seen: Seen): Promise<number> {
  return db.transaction(async (tx) => (await mirrorIn(tx, await lockLive(tx, epoch), seen)).sequence);
}

/** The same within the caller's transaction, which holds the lock. `sentAs`: what the leader sent of an object. */
export async function mirrorIn(
  tx: Queryable,
  live: Live,
  { seen, gone, sentAs = () => ({}) }: Seen & { readonly sentAs?: News['sentAs'] },
): Promise<Live> {
  const names = [...seen, ...gone].map(({ name }) => name);
  const before = new Map((await readLivePools(tx, names)).map((pool) => [pool.name, pool]));
  // by name: what comes twice in one batch is stored once, in its last form
  const last = new Map(seen.map((pool) => [pool.name, pool]));
  const newer = [...last.values()]
    .filter((pool) => isNewer(before.get(pool.name), pool))
    .map((pool) => keepLastGood(before.get(pool.name), pool));
  const removed = gone.flatMap(({ name, uid }) => (before.get(name)?.uid === uid ? [name] : []));
  if (newer.length + removed.length === 0) return live;
  await writeLivePools(tx, newer, removed);
  let now = live;
  const moves = await movesOf(tx, live, { known: before, seen: newer, gone: removed, sentAs });
  for (const move of moves) now = await write(tx, now, move);
  return now;
}

/** The same for a complete list: pools that it does not name are gone. */
export async function mirrorAll(db: Database, epoch: number, all: readonly LivePool[]): Promise<number> {
  const listed = new Map(all.map((pool) => [pool.name, pool]));
  const known = await readLivePools(db);
  const versions = new Map(known.map(({ name, uid, resourceVersion }) => [name, `${uid} ${resourceVersion}`]));
  const seen = all.filter((pool) => versions.get(pool.name) !== `${pool.uid} ${pool.resourceVersion}`);
  await takeOutOfForce(db, epoch, known);
  return mirror(db, epoch, { seen, gone: known.filter(({ name }) => !listed.has(name)) });
}

/**
 * Versions before this one counted pools whose CIDR means no addresses. They are taken out of the ledger once, however many of them
 * it has: one that led between two of this one counted only those that it saw. Its revision is that of the pools that nodes
 * follow, and no agent takes a state of another one.
 */
async function takeOutOfForce(db: Database, epoch: number, known: readonly LivePool[]): Promise<void> {
  if (outOfForce(known).length === 0) return;
  await db.transaction(async (tx) => {
    const live = await lockLive(tx, epoch);
    const there = await readLivePools(tx);
    const right = await sumOfShares(there.flatMap((one) => inForce(one) ?? []));
    if (live.poolSum === right) return;
    const out = outOfForce(there);
    const poolSum = addShare(right, await sumOfShares(out));
    const moves = out.map((pool) => ({ name: pool.name, before: pool, after: null }));
    const reason = 'its CIDR means no addresses: no node follows it';
    await write(tx, { ...live, poolSum }, { actor: OUR_MANAGER, action: 'cluster.change', cause: null, reason, moves });
  });
}

const outOfForce = (all: readonly LivePool[]): Pool[] =>
  all.flatMap((one) => (one.pool !== null && inForce(one) === null ? one.pool : []));

/** Pools that were deleted here, and are done with: where the cluster has one of the name still, the history goes on with that. */
export async function tellStaying(tx: Queryable, live: Live, deleted: readonly string[]): Promise<void> {
  if (deleted.length === 0) return;
  const there = await readLivePools(tx, deleted);
  let now = live;
  for (const [first, ...others] of Map.groupBy(there, (one) => keyOf(stayingOf(one))).values()) {
    if (first === undefined) continue;
    const moves = [first, ...others].map((one) => ({ name: one.name, before: inForce(one), after: inForce(one) }));
    now = await write(tx, now, { ...stayingOf(first), moves });
  }
}

interface News {
  readonly known: ReadonlyMap<string, LivePool>;
  readonly seen: readonly LivePool[];
  readonly gone: readonly string[];
  readonly sentAs: (pool: LivePool) => Pick<Ours, 'sent' | 'sending'>;
}

async function movesOf(tx: Queryable, { word }: Live, { known, seen, gone, sentAs }: News): Promise<Move[]> {
  const { changed = [], still = [] } = Object.groupBy(seen, (after) =>
    sameEffect(inForce(known.get(after.name)), inForce(after)) ? 'still' : 'changed',
  );
  const removed = gone.flatMap((name) => known.get(name) ?? []);
  // the steps of one pool follow each other: what is second of one is told after what is first of all
  const turns: Map<string, Move>[] = [];
  const add = (told: Told, move: Move['moves'][number], turn = 0): void => {
    turns[turn] ??= new Map();
    const groups = turns[turn];
    const few = told.fault === undefined || groups.has(keyOf(told)) || groups.size < MOST_FAULTS;
    const as = few ? told : { ...told, fault: 'the Cluster page has what is wrong in each' };
    const group = groups.get(keyOf(as)) ?? { ...as, moves: [] };
    group.moves.push(move);
    groups.set(keyOf(as), group);
  };
  for (const after of still) {
    const { name } = after;
    const before = known.get(name);
    const told = readOtherwise(before, after);
    if (told !== null) add(told, { name, before: inForce(before), after: inForce(after) });
  }
  const names = [...changed, ...removed].map(({ name }) => name);
  if (names.length === 0) return inOrder(turns);
  const [pools, synced, released] = await Promise.all([
    readPools(tx, names),
    readSync(tx, names),
    readReleased(tx, names),
  ]);
  const desired = new Map(pools.map((pool) => [pool.name, pool]));
  const rows = new Map(synced.map((row) => [row.name, row]));
  for (const after of changed) {
    const { name } = after;
    const before = known.get(name) ?? null;
    const steps = await tellerOf(tx, before, after, {
      wanted: desired.get(name),
      row: rows.get(name),
      released: released.get(name)?.fields ?? [],
      ...sentAs(after),
    });
    let from = inForce(before);
    for (const [turn, step] of steps.entries()) {
      const to = inForce({ pool: step.after });
      add(step, { name, before: withTaken(from, before, step), after: to }, turn);
      from = to;
    }
  }
  for (const before of removed) {
    const { name } = before;
    add(removedBy(rows.get(name), before, word), { name, before: inForce(before), after: null });
  }
  return inOrder(turns);
}

/** What is written back by a policy is taken from whoever held it. */
function withTaken(from: Pool | null, before: LivePool | null, { action, after }: Step): Pool | null {
  if (action !== 'pool.enforce' || from === null || after === null) return from;
  const taken = heldOf(before?.claims ?? [], fieldsMoved(from.spec, after.spec));
  return taken.length === 0 ? from : ({ ...from, taken } as Pool);
}

const inOrder = (turns: readonly Map<string, Move>[]): Move[] => turns.flatMap((groups) => [...groups.values()]);

/** Each is a statement under the lock: what thousands of odd pools have each for itself is no row each. */
const MOST_FAULTS = 100;

const keyOf = ({ actor, action, cause, reason, fault }: Told): string =>
  JSON.stringify([actor, action, cause, reason, fault]);

async function write(tx: Queryable, live: Live, { actor, action, cause, reason, fault, moves }: Move): Promise<Live> {
  const poolSum = moves.reduce((sum, { before, after }) => {
    const cleared = before === null ? sum : removeShare(sum, poolShare(before));
    return after === null ? cleared : addShare(cleared, poolShare(after));
  }, live.poolSum);
  const sequence = live.sequence + 1;
  const next = { ...live, sequence, poolSum, revision: revisionOf(poolSum, live.settings, live.hosts) };
  await writeLiveChange(tx, {
    next,
    actor,
    cause,
    reason: reason === undefined || fault === undefined ? (reason ?? null) : `${reason}: ${fault}`,
    action,
    pools: moves.map(({ name }) => name).sort(),
    before: side(moves.map(({ before }) => before)),
    after: side(moves.map(({ after }) => after)),
    notice: noticeText({ kind: 'live', sequence }),
  });
  return next;
}

/** As the change table has it: one pool, none, or those of many. */
function side(pools: readonly (Pool | null)[]): Pool | readonly Pool[] | null {
  const there = pools.flatMap((pool) => pool ?? []);
  return pools.length === 1 ? (there[0] ?? null) : there;
}

const sameEffect = (a: Pool | null, b: Pool | null): boolean =>
  a === null || b === null ? a === b : poolShare(a) === poolShare(b);
