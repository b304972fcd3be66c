/**
 * What the cluster says: the `live` row, its pools, and the log of what became different there. One writer at a time: the
 * leader of a term, known by its epoch.
 */
import { type Remembered, rememberedOf, type Word } from '../../core/cluster/come-back.ts';
import { inForce, type LivePool } from '../../core/cluster/live-pool.ts';
import type { ClusterSettings } from '../../core/nat/settings.ts';
import type { Pool } from '../../core/pool/spec.ts';
import type { Database, Queryable } from './client.ts';
import { readGoing } from './leaving.ts';

export interface Live {
  /** the last live change; 0: the cluster was never read */
  readonly sequence: number;
  readonly revision: string;
  readonly poolSum: bigint;
  readonly settings: ClusterSettings;
  readonly hosts: readonly string[];
  /** the term whose leader may write */
  readonly epoch: number;
  /** what somebody decided about pools and settings that did not come back: what is lost still; null: nothing was decided */
  readonly word: Word | null;
}

export interface LiveChange {
  readonly sequence: number;
  readonly at: Date;
  /** the field manager that wrote it, `outgate` for ours */
  readonly actor: string;
  readonly action: string;
  readonly pools: readonly string[];
  readonly revision: string;
  readonly before: unknown;
  readonly after: unknown;
  /** the change of ours that it carries out */
  readonly cause: number | null;
}

export interface NewLiveChange {
  readonly next: Omit<Live, 'epoch' | 'word'>;
  readonly actor: string;
  readonly action: string;
  readonly pools: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
  readonly cause: number | null;
  /** what it was about where nothing in force moved */
  readonly reason: string | null;
  /** payload for the listeners */
  readonly notice: string;
}

/** The term of the writer is over: another one leads. Nothing was written. */
export class TermOver extends Error {
  override name = 'TermOver';
}

// one part of a word may be carried out long before the other: what goes afterwards goes by somebody else
const SELECT = `SELECT sequence, revision, pool_sum, settings, hosts, epoch,
    word || CASE WHEN (watch->'lost')::boolean THEN '{}' ELSE '{"pools": []}' END::jsonb
      || CASE WHEN (watch->'settingsLost')::boolean THEN '{}' ELSE '{"settings": []}' END::jsonb AS word
  FROM live WHERE id = 1`;

export const readLive = (db: Queryable): Promise<Live> => read(db, SELECT, 'read-live');

/** A leader that hangs with the lock loses it before its lease runs out, so that the next term can begin. */
const LOCK = SELECT.replace(' FROM', `, set_config('idle_in_transaction_session_timeout', '5s', true) FROM`);

/** Locks it until the transaction ends. Throws TermOver when `epoch` is not the current term. */
export async function lockLive(tx: Queryable, epoch: number): Promise<Live> {
  const live = await read(tx, `${LOCK} FOR UPDATE`, 'lock-live');
  if (live.epoch !== epoch) throw new TermOver(`term ${epoch} is over: it is term ${live.epoch}`);
  return live;
}

/**
 * Until the transaction ends no leader writes what came of pools or settings: what was read of that is not written over, and
 * their rows in `sync` can be locked in any order. A leader has the lock for a few milliseconds, and loses it when it hangs.
 */
export async function holdLive(tx: Queryable): Promise<void> {
  await tx.query('SELECT FROM live WHERE id = 1 FOR SHARE', [], 'hold-live');
}

/**
 * Begins a new term; every writer of an earlier one is refused from here on. `after`: the term that it follows; throws
 * TermOver when that is over already.
 */
export async function beginTerm(db: Queryable, leader: string, after: number | null = null): Promise<number> {
  const [row] = await db.query<{ epoch: string }>(
    `UPDATE live SET epoch = epoch + 1, leader = $1 WHERE id = 1 AND ($2::bigint IS NULL OR epoch = $2) RETURNING epoch`,
    [leader, after],
  );
  if (row !== undefined) return Number(row.epoch);
  throw after === null ? missing() : new TermOver(`term ${after} is over`);
}

/** Writes pools as they were seen; the caller holds the lock. No live change: see `writeLiveChange`. The stand moves. */
export async function writeLivePools(tx: Queryable, seen: readonly LivePool[], gone: readonly string[]): Promise<void> {
  await tx.query(
    `WITH removed AS (
       DELETE FROM live_pool WHERE name = ANY($1::text[])
     ), moved AS (
       UPDATE live SET stand = stand + 1 WHERE id = 1
     )
     INSERT INTO live_pool (name, uid, resource_version, object)
     SELECT o->>'name', o->>'uid', o->>'resourceVersion', o FROM jsonb_array_elements($2::jsonb) AS o
     ON CONFLICT (name) DO UPDATE
       SET uid = excluded.uid, resource_version = excluded.resource_version, object = excluded.object, seen_at = now()`,
    [gone, JSON.stringify(seen)],
    'write-live-pools',
  );
}

/** The caller holds the lock. */
export async function writeLiveChange(tx: Queryable, change: NewLiveChange): Promise<void> {
  const { next } = change;
  await tx.query(
    `WITH moved AS (
       UPDATE live SET sequence = $1, revision = $2, pool_sum = $3, settings = $4::jsonb, hosts = $5::jsonb WHERE id = 1
     ), logged AS (
       INSERT INTO live_change (sequence, at, actor, action, pools, revision, before, after, cause, reason)
       VALUES ($1, clock_timestamp(), $6, $7, $8::text[], $2, $9::jsonb, $10::jsonb, $11, $12)
     ), come_after_all AS (
       DELETE FROM carried_out WHERE change = $11
     )
     SELECT pg_notify('outgate', $13)`,
    [
      next.sequence,
      next.revision,
      next.poolSum.toString(16),
      JSON.stringify(next.settings),
      JSON.stringify(next.hosts),
      change.actor,
      change.action,
      change.pools,
      change.before === null ? null : JSON.stringify(change.before),
      change.after === null ? null : JSON.stringify(change.after),
      change.cause,
      change.reason,
      change.notice,
    ],
    'write-live-change',
  );
}

/** Every pool, or those of these names, in the order of names. */
export async function readLivePools(db: Queryable, names?: readonly string[]): Promise<LivePool[]> {
  const all = 'SELECT object FROM live_pool';
  const rows = await (names === undefined
    ? db.query<{ object: LivePool }>(`${all} ORDER BY name`)
    : db.query<{ object: LivePool }>(`${all} WHERE name = ANY($1::text[]) ORDER BY name`, [names], 'read-live-pools'));
  return rows.map(({ object }) => object);
}

/**
 * The pools as they were last seen, and as known those that must not go missing unasked when the cluster's types are lost and
 * come back. One that was deleted here since, and whose object was ours, is not waited for.
 */
export async function rememberedPools(db: Queryable): Promise<Remembered> {
  const going = await readGoing(db);
  const rows = await db.query<{ name: string; uid: string }>('SELECT name, uid FROM live_pool ORDER BY name');
  return rememberedOf(rows.map((row) => ({ ...row, known: !going.has(row.uid) })));
}

/** The live state of one moment: the pools that nodes follow. */
export function readLiveState(db: Database): Promise<{ live: Live; pools: Pool[] }> {
  return db.transaction(async (tx) => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const live = await readLive(tx);
    const pools = await readLivePools(tx);
    return { live, pools: pools.flatMap((one) => inForce(one) ?? []) };
  });
}

/** Up to `limit` live changes after `sequence`, the oldest first. */
export async function liveChangesSince(db: Queryable, sequence: number, limit: number): Promise<LiveChange[]> {
  const rows = await db.query<Omit<LiveChange, 'sequence' | 'cause'> & { sequence: string; cause: string | null }>(
    `SELECT sequence, at, actor, action, pools, revision, before, after, cause FROM live_change
     WHERE sequence > $1 ORDER BY sequence LIMIT $2`,
    [sequence, limit],
    'live-changes-since',
  );
  return rows.map((row) => ({
    ...row,
    sequence: Number(row.sequence),
    cause: row.cause === null ? null : Number(row.cause),
  }));
}

/** The last live change of each pool that ever moved. */
export async function lastLiveChanges(db: Queryable, names: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.query<{ name: string; sequence: string | null }>(
    `SELECT n.name, (SELECT max(c.sequence) FROM live_change c WHERE c.pools @> ARRAY[n.name]) AS sequence
     FROM unnest($1::text[]) AS n(name)`,
    [names],
    'last-live-changes',
  );
  return new Map(rows.flatMap(({ name, sequence }) => (sequence === null ? [] : [[name, Number(sequence)] as const])));
}

async function read(db: Queryable, text: string, name: string): Promise<Live> {
  const [row] = await db.query<{
    sequence: string;
    revision: string;
    pool_sum: string;
    settings: ClusterSettings;
    hosts: string[];
    epoch: string;
    word: Word | null;
  }>(text, [], name);
  if (row === undefined) throw missing();
  return {
    sequence: Number(row.sequence),
    revision: row.revision,
    poolSum: BigInt(`0x${row.pool_sum}`),
    settings: row.settings,
    hosts: row.hosts,
    epoch: Number(row.epoch),
    word: row.word,
  };
}

const missing = (): Error => new Error('the live state must have its row: the database was not migrated');
