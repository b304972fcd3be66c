/** The one row of the desired state, and the statement that writes a change. */
import type { ClusterSettings } from '../../core/nat/settings.ts';
import type { Pool } from '../../core/pool/spec.ts';
import type { Queryable } from './client.ts';
import { holdLive } from './live.ts';
import { COUNTED_NODES } from './nodes.ts';

export interface Desired {
  /** the last change; 0: none yet */
  readonly sequence: number;
  readonly revision: string;
  /** sum of the pools' shares (core/wire/revision.ts) */
  readonly poolSum: bigint;
  readonly settings: ClusterSettings;
  readonly settingsVersion: number;
  /** the nodes' own addresses as the agents know them */
  readonly hosts: readonly string[];
}

const SELECT = 'SELECT sequence, revision, pool_sum, settings, settings_version, hosts FROM desired WHERE id = 1';

export const readDesired = (db: Queryable): Promise<Desired> => read(db, SELECT, 'read-desired');

/** Locks it until the transaction ends: changes happen one after the other, in the order of their numbers. */
export const lockDesired = (tx: Queryable): Promise<Desired> => read(tx, `${SELECT} FOR UPDATE`, 'lock-desired');

export interface NewChange {
  readonly next: Desired;
  readonly upsert: readonly Pool[];
  readonly remove: readonly string[];
  readonly actorId: string | null;
  readonly actor: string;
  readonly role: string;
  readonly action: string;
  readonly target: string;
  readonly pools: readonly string[];
  readonly reason: string | null;
  readonly before: unknown;
  readonly after: unknown;
  /** payload for the listeners */
  readonly notice: string;
}

/** Writes all of a change in one statement; the caller holds the lock. Returns its time and how many nodes there are. */
export async function writeChange(tx: Queryable, change: NewChange): Promise<{ at: Date; nodes: number }> {
  const { next } = change;
  // of many pools both we and the leader lock the rows in sync, each in an order of its own
  if (change.remove.length > 0 || change.upsert.length > 1) await holdLive(tx);
  // of arrays of one PostgreSQL makes a plan anew each time, which takes longer than all the rest; of very many it is worth it.
  // It holds to the end of the transaction, in which other changes may follow
  const few = change.upsert.length + change.remove.length <= 1;
  const keeping = tx.query(`SET LOCAL plan_cache_mode = ${few ? 'force_generic_plan' : 'auto'}`);
  const writing = tx.query<{ at: Date; nodes: number }>(
    WRITE,
    [
      next.sequence,
      next.revision,
      next.poolSum.toString(16),
      JSON.stringify(next.settings),
      next.settingsVersion,
      JSON.stringify(next.hosts),
      change.remove,
      change.upsert.map((pool) => pool.name),
      change.upsert.map((pool) => JSON.stringify(pool.spec)),
      change.upsert.map((pool) => pool.spec.cidr),
      change.actorId,
      change.actor,
      change.role,
      change.action,
      change.target,
      change.pools,
      change.reason,
      change.before === null ? null : JSON.stringify(change.before),
      change.after === null ? null : JSON.stringify(change.after),
      change.notice,
    ],
    'write-change',
  );
  const [, [row]] = await Promise.all([keeping, writing]);
  if (row === undefined) throw new Error('the change was not written');
  return row;
}

/**
 * A pool that was deleted here and is not noted since, or was deleted in the cluster and is made again by force or its policy, may have
 * another object by now, or soon: what was applied to the one before it says nothing.
 */
const MADE_AGAIN = `let_go_by IS NULL AND (deleted_by IS NOT NULL OR (policy = 'enforce' OR force_seen IS NOT NULL)
  AND NOT EXISTS (SELECT FROM live_pool l WHERE l.name = sync.name))`;

// Where there is a cluster, a pool has its row in sync before anything is sent for it: else the next leader would not know,
// of a pool deleted meanwhile, that its object may be there.
// A released pool keeps its object, which loses our name unless the pool is made or adopted here again; no field of that one is released,
// and nobody decided yet that it is enforced. What a release keeps of a deletion that is under way is written before it (`markLetGo`).
// The row of a pool that is made again is written in any case: the leader that is about to forget it waits, and finds the pool (`forgetSync`).
// How a pool stood says nothing about its deletion, which was not tried yet. A pool that is made again waits since then; a deletion that the
// cluster refuses is refused since before.
// clock_timestamp(), not now(): the transaction may have waited long for its turn, and times follow the numbers.
const WRITE = `
  WITH moment AS MATERIALIZED (
    SELECT clock_timestamp() AS at
  ), removed AS (
    DELETE FROM pool WHERE name = ANY($7::text[])
  ), leaving AS (
    UPDATE sync SET deleted_by = CASE WHEN let_go_by IS NULL THEN $1::bigint ELSE deleted_by END,
      state = 'Pending', reason = 'WaitingForCluster', detail = '{}', since = moment.at,
      applied_uid = CASE WHEN NOT (${MADE_AGAIN}) THEN applied_uid END,
      applied_version = CASE WHEN NOT (${MADE_AGAIN}) THEN applied_version END,
      applied_spec = CASE WHEN NOT (${MADE_AGAIN}) THEN applied_spec END
    FROM moment WHERE name = ANY($7::text[])
  ), back AS (
    UPDATE sync SET let_go_by = NULL, released = '{}', policy = 'ask', since = CASE WHEN state = 'Pending' THEN moment.at ELSE since END
    FROM moment WHERE name = ANY($8::text[])
      AND NOT EXISTS (SELECT FROM pool WHERE pool.name = sync.name)
  ), upserted AS (
    INSERT INTO pool (name, spec, cidr, sequence, created_at, updated_at)
    SELECT u.name, u.spec::jsonb, u.cidr, $1, moment.at, moment.at
    FROM moment, unnest($8::text[], $9::text[], $10::cidr[]) AS u(name, spec, cidr)
    ON CONFLICT (name) DO UPDATE
      SET spec = excluded.spec, cidr = excluded.cidr, sequence = excluded.sequence, updated_at = excluded.updated_at
  ), born AS (
    INSERT INTO sync (name) SELECT u.name FROM unnest($8::text[]) AS u(name), live WHERE live.epoch > 0 ORDER BY u.name COLLATE "C"
    ON CONFLICT (name) DO NOTHING
  ), moved AS (
    UPDATE desired SET sequence = $1, revision = $2, pool_sum = $3, settings = $4::jsonb, settings_version = $5,
      hosts = $6::jsonb
    WHERE id = 1
  ), logged AS (
    INSERT INTO change (sequence, at, actor_id, actor, role, action, target, pools, reason, revision, before, after)
    SELECT $1, moment.at, $11, $12, $13, $14, $15, $16::text[], $17, $2, $18::jsonb, $19::jsonb FROM moment
    RETURNING at
  )
  SELECT logged.at, (SELECT count(*)::int FROM (${COUNTED_NODES}) n) AS nodes, pg_notify('outgate', $20) FROM logged`;

async function read(db: Queryable, text: string, name: string): Promise<Desired> {
  const [row] = await db.query<{
    sequence: string;
    revision: string;
    pool_sum: string;
    settings: ClusterSettings;
    settings_version: number;
    hosts: string[];
  }>(text, [], name);
  if (row === undefined) throw new Error('the desired state must have its row: the database was not migrated');
  return {
    sequence: Number(row.sequence),
    revision: row.revision,
    poolSum: BigInt(`0x${row.pool_sum}`),
    settings: row.settings,
    settingsVersion: row.settings_version,
    hosts: row.hosts,
  };
}
