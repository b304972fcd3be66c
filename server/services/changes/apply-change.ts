/**
 * The one way to change what is desired.
 *
 * Every change writes the one row of the desired state, so changes happen one after the other: sequences have no gaps, a
 * lower one is never committed after a higher one, and what was validated is what is written. Most hold its lock from before they
 * read (`mustChangePool` says which do not). The pools, the change row, the new revision and the notice to the other servers are
 * one transaction: there is no change without its audit row.
 * A change reads only the pools it names and those it overlaps, and the revision costs two hashes a pool.
 */
import type { PoolField } from '../../../core/cluster/compare.ts';
import { changedObjects } from '../../../core/cluster/felix-objects.ts';
import { takenBack, withReleased } from '../../../core/cluster/released.ts';
import { type Taken, takenByEnforce } from '../../../core/cluster/taken.ts';
import type { Pool, PoolSpec } from '../../../core/pool/spec.ts';
import { addShare, HOSTS_BEGIN, removeShare, revisionOf } from '../../../core/wire/revision.ts';
import type { Database, Queryable } from '../../db/client.ts';
import {
  type Desired,
  lockDesired,
  type NewChange,
  readDesired,
  type Written,
  writeChange,
  writePoolChange,
} from '../../db/desired.ts';
import { holdLive } from '../../db/live.ts';
import { type PoolsTouching, poolsTouching, type StoredPool } from '../../db/pools.ts';
import { showReleased, writeReleased } from '../../db/released.ts';
import { settingsSync } from '../../db/sync.ts';
import { writeOvertaken } from '../../db/void-force.ts';
import { noticeText } from '../../events/notice.ts';
import { sumOfShares } from '../../state/shares.ts';
import { system } from '../actor.ts';
import { AppError } from '../app-error.ts';
import { contentsOf, targetOf, told } from './change-content.ts';
import type { ChangeView } from './change-view.ts';
import type { Current, Decision, Intent } from './decision.ts';
import { refuseViolations } from './refuse-added.ts';

export interface Applied {
  /** the last change written; null if nothing had to change */
  readonly change: ChangeView | null;
  readonly revision: string;
}

export interface Changed extends Applied {
  readonly change: ChangeView;
}

/** Throws POOL_VIOLATIONS or SETTINGS_VIOLATIONS with everything that the change would add, and what `decide` throws. */
export function applyChange(db: Database, intent: Intent): Promise<Applied> {
  return db.transaction(async (tx) => {
    const prepared = await prepare(tx, lockDesired, intent);
    const { released, toForce } = prepared;
    // their rows in sync are the leader's to write as well, in an order of its own; so is what became of force
    if (released.size + toForce.size > 0) await holdLive(tx);
    for (const [name, { is }] of released) await writeReleased(tx, name, is);
    let { current } = prepared;
    let last: ChangeView | null = null;
    for (const decision of prepared.decisions) {
      const { change, view } = await compose(intent, { ...prepared, current }, decision);
      await overtakeForce(tx, { ...prepared, current }, change);
      last = view(await writeChange(tx, change));
      current = { ...current, desired: change.next };
    }
    return { change: last, revision: current.desired.revision };
  });
}

/** The same, of what must change something: throws NOTHING_CHANGES too. */
export async function mustChange(db: Database, intent: Intent): Promise<Changed> {
  const { change, revision } = await applyChange(db, intent);
  if (change === null) throw new AppError('NOTHING_CHANGES', 'nothing would change');
  return { change, revision };
}

/**
 * The same, where `decide` writes nothing. Mostly nobody else changes anything meanwhile: then the statement that writes the change of
 * one pool, and finds that out, is all of the transaction. Whatever stands against it is judged under the lock. `behind` is read in
 * the flight of that statement, as it left things; null: it was not.
 */
export async function mustChangePool<T>(
  db: Database,
  intent: Intent,
  behind: (on: Queryable) => Promise<T | null>,
): Promise<Changed & { behind: T | null }> {
  return (await withoutLock(db, intent, behind)) ?? { ...(await mustChange(db, intent)), behind: null };
}

/** Null: nothing was written. */
const withoutLock = <T>(
  db: Database,
  intent: Intent,
  behind: (on: Queryable) => Promise<T | null>,
): Promise<(Changed & { behind: T | null }) | null> =>
  db.together(async (on) => {
    const prepared = await prepare(on, readDesired, intent).catch((error: unknown) => {
      if (error instanceof AppError) return null;
      throw error;
    });
    if (prepared === null) return null;
    const { decisions, released, toForce } = prepared;
    const [decision, ...more] = decisions;
    const pool = decision && onePoolOf(decision);
    if (decision === undefined || pool === undefined || more.length + released.size + toForce.size > 0) return null;
    const { change, view } = await compose(intent, prepared, decision);
    const writing = writePoolChange(on, change, pool);
    const reading = behind(on).catch(() => null); // it is written all the same
    const [written, read] = [await writing, await reading];
    return written && { change: view(written), revision: change.next.revision, behind: read };
  });

/** Undefined where it writes anything else. */
const onePoolOf = ({ upsert, remove, settings, hosts, follow }: Decision): Pool | undefined =>
  upsert?.length === 1 && (remove ?? settings ?? hosts ?? follow) === undefined ? upsert[0] : undefined;

/** The same without lock and without writing: throws what the change would throw, and returns what it would decide. */
export function rehearseChange(
  db: Database,
  intent: Intent,
): Promise<{ current: Current; decisions: readonly Decision[] }> {
  return db.transaction(async (tx) => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return prepare(tx, readDesired, intent);
  });
}

interface Prepared {
  readonly current: Current;
  readonly decisions: readonly Decision[];
  /** the pools as they are stored */
  readonly stored: ReadonlyMap<string, StoredPool>;
  /** by pool the fields that others decide, before and after, where the change moves that */
  readonly released: ReadonlyMap<string, { readonly was: readonly PoolField[]; readonly is: readonly PoolField[] }>;
  readonly toForce: PoolsTouching['toForce'];
  /** by pool whose fields its policy takes by force for this change */
  readonly taken: ReadonlyMap<string, Taken[]>;
}

/** `read` comes before whatever it is validated against: what is committed between the two has another number. A field that was let go, and of which another value is decided now than it has, is decided here again. */
async function prepare(db: Queryable, read: typeof readDesired, intent: Intent): Promise<Prepared> {
  const none: PoolsTouching = { pools: [], released: new Map(), toForce: new Set(), enforced: new Map() };
  const [desired, { pools: touched, released: known, toForce, enforced }] = await Promise.all([
    read(db),
    intent.names.length + intent.cidrs.length === 0 ? none : poolsTouching(db, intent.names, intent.cidrs),
  ]);
  const stored = new Map(touched.map((pool) => [pool.name, pool]));
  const current: Current = {
    desired,
    pools: new Map(showReleased(touched, known).map((pool) => [pool.name, pool])),
  };
  const released = new Map<string, { was: readonly PoolField[]; is: readonly PoolField[] }>();
  const taken = new Map<string, Taken[]>();
  const settle = ({ name, spec }: Pool, said: readonly PoolField[] | undefined): Pool => {
    const { fields: was, live } = known.get(name) ?? { fields: [], live: null };
    const back = takenBack(spec, was, current.pools.get(name)?.spec ?? spec);
    const is = said ?? was.filter((field) => !back.includes(field));
    if (is.length !== was.length) released.set(name, { was, is });
    const pool = { name, spec: withReleased(spec, said ?? is, live) };
    const there = enforced.get(name);
    const from = there === undefined ? [] : takenByEnforce(pool, there, is);
    if (from.length > 0) taken.set(name, from);
    return pool;
  };
  const decisions = (await intent.decide(current, db)).map((decision) => {
    const { upsert, released: said } = decision;
    return upsert === undefined ? decision : { ...decision, upsert: upsert.map((pool) => settle(pool, said)) };
  });
  for (const decision of decisions) if (!decision.asFound) refuseViolations(current, decision);
  return { current, decisions, stored, released, toForce, taken };
}

interface Composed {
  readonly change: NewChange;
  readonly view: (written: Written) => ChangeView;
}

async function compose(intent: Intent, prepared: Prepared, decision: Decision): Promise<Composed> {
  const { desired } = prepared.current;
  const upsert = decision.upsert ?? [];
  const remove = decision.remove ?? [];
  const names = namesIn({ upsert, remove });
  const old = names.flatMap((name) => prepared.current.pools.get(name) ?? []);
  const stored = names.flatMap((name) => prepared.stored.get(name) ?? []);
  const cleared = removeShare(desired.poolSum, await sumOfShares(stored.map(plain)));
  const poolSum = addShare(cleared, await sumOfShares(upsert));
  const settings = decision.settings ?? desired.settings;
  const hosts = decision.hosts ?? desired.hosts;
  const next: Desired = {
    sequence: desired.sequence + 1,
    revision: revisionOf(poolSum, settings, hosts),
    poolSum,
    settings,
    settingsVersion: desired.settingsVersion + (decision.settings === undefined ? 0 : 1),
    hosts,
  };
  const pools = [...new Set([...names, ...(decision.follow?.pools ?? [])])].sort();
  const content = contentsOf(
    decision,
    desired,
    old.map((pool) => told(plain(pool), prepared.released.get(pool.name), prepared.taken.get(pool.name))),
  );
  const own = decision.action !== 'hosts.update'; // hosts come with settings that ask for them: nobody asked for it
  const actor = own ? intent.actor : system;
  const row = {
    actor: actor.name,
    role: actor.role,
    action: decision.action,
    target: targetOf(decision, pools),
    reason: own ? intent.reason : HOSTS_BEGIN,
    ...content,
  };
  const notice = noticeText({ kind: 'change', sequence: next.sequence, ...namingOne(pools) });
  return {
    change: { ...row, next, upsert, remove, actorId: actor.id, pools, notice },
    view: ({ at, nodes }) => ({
      ...row,
      id: next.sequence,
      at: at.toISOString(),
      revision: next.revision,
      pools: pools.length,
      nodes: { holding: 0, total: nodes },
      didNothing: null,
    }),
  };
}

/** The change is another decision than the one that was to be applied by force. */
async function overtakeForce(tx: Queryable, prepared: Prepared, change: NewChange): Promise<void> {
  const { next, actor, action } = change;
  const stored = namesIn(change).flatMap((name) => prepared.stored.get(name) ?? []);
  const overtaken = stored.flatMap(({ name, sequence }) => (prepared.toForce.has(name) ? [sequence] : []));
  if (action === 'settings.update') {
    await holdLive(tx);
    const objects = changedObjects(prepared.current.desired.settings, next.settings);
    overtaken.push(...(await settingsSync.unforce(tx, objects)));
  }
  await writeOvertaken(tx, overtaken, { change: next.sequence, actor });
}

const namesIn = ({ upsert, remove }: Pick<NewChange, 'upsert' | 'remove'>): string[] => [
  ...upsert.map((pool) => pool.name),
  ...remove,
];

/** More names might not fit into a notice. */
const namingOne = ([pool, ...others]: readonly string[]): { pool?: string } =>
  pool === undefined || others.length > 0 ? {} : { pool };

const plain = ({ name, spec }: { name: string; spec: PoolSpec }): Pool => ({ name, spec });
