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

export interface Written {
  readonly at: Date;
  /** how many there are */
  readonly nodes: number;
}

/** Writes all of a change in one statement; the caller holds the lock. */
export async function writeChange(tx: Queryable, change: NewChange): Promise<Written> {
  const { next, upsert, remove } = change;
  // of many pools both we and the leader lock the rows in sync, each in an order of its own
  if (remove.length > 0 || upsert.length > 1) await holdLive(tx);
  const [row] = await tx.query<Written>(
    WRITE,
    [
      ...valuesOf(change),
      upsert.map((pool) => pool.name),
      upsert.map((pool) => JSON.stringify(pool.spec)),
      upsert.map((pool) => pool.spec.cidr),
      remove,
      JSON.stringify(next.settings),
      next.settingsVersion,
      JSON.stringify(next.hosts),
    ],
    'write-change',
  );
  if (row === undefined) throw new Error('the change was not written: its number must be the next');
  return row;
}

/**
 * The same of one pool alone that is made or changed, also without the lock: null, and nothing is written, where another change
 * was committed since `next` was made of what was read.
 */
export async function writePoolChange(on: Queryable, change: NewChange, pool: Pool): Promise<Written | null> {
  const { name, spec } = pool;
  const values = [...valuesOf(change), name, JSON.stringify(spec), spec.cidr];
  const [row] = await on.query<Written>(WRITE_POOL, values, 'write-pool-change');
  return row ?? null;
}

const valuesOf = ({ next, ...change }: NewChange): unknown[] => [
  next.sequence,
  next.revision,
  next.poolSum.toString(16),
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
];

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
// The row of a pool that is made again is written in any case: the leader that is about to forget it waits, and finds the pool, or we wait
// for it, and the row is born when that is over (`forgetSync`): PostgreSQL begins with the last of what nobody asks for.
// How a pool stood says nothing about its deletion, which was not tried yet. A pool that is made again waits since then; a deletion that the
// cluster refuses is refused since before.
// The state moves first, and where it cannot, since its number is another one by now, nothing else finds a moment to be written at.
// clock_timestamp(), not now(): the statement may have waited long for its turn, and times follow the numbers.
const write = ({
  set = '',
  before = '',
  rows,
  named,
}: Record<'rows' | 'named', string> & { set?: string; before?: string }) => `
  WITH moved AS (
    UPDATE desired SET sequence = $1, revision = $2, pool_sum = $3${set} WHERE id = 1 AND sequence = $1::bigint - 1 RETURNING 1
  ), moment AS MATERIALIZED (
    SELECT clock_timestamp() AS at FROM moved
  )${before}, back AS (
    UPDATE sync SET let_go_by = NULL, released = '{}', policy = 'ask', since = CASE WHEN state = 'Pending' THEN moment.at ELSE since END
    FROM moment WHERE ${named} AND NOT EXISTS (SELECT FROM pool WHERE pool.name = sync.name)
    RETURNING 1
  ), upserted AS (
    INSERT INTO pool (name, spec, cidr, sequence, created_at, updated_at)
    SELECT u.name, u.spec::jsonb, u.cidr, $1, moment.at, moment.at FROM moment, ${rows}
    ON CONFLICT (name) DO UPDATE
      SET spec = excluded.spec, cidr = excluded.cidr, sequence = excluded.sequence, updated_at = excluded.updated_at
  ), born AS (
    INSERT INTO sync (name) SELECT u.name FROM moment, live, ${rows}
    WHERE live.epoch > 0 AND (SELECT count(*) FROM back) >= 0 ORDER BY u.name COLLATE "C"
    ON CONFLICT (name) DO NOTHING
  ), logged AS (
    INSERT INTO change (sequence, at, actor_id, actor, role, action, target, pools, reason, revision, before, after)
    SELECT $1, moment.at, $4, $5, $6, $7, $8, $9::text[], $10, $2, $11::jsonb, $12::jsonb FROM moment
    RETURNING at
  )
  SELECT logged.at, (SELECT count(*)::int FROM (${COUNTED_NODES}) n) AS nodes, pg_notify('outgate', $13) FROM logged`;

const WRITE = write({
  set: ', settings = $18::jsonb, settings_version = $19, hosts = $20::jsonb',
  before: `, removed AS (
    DELETE FROM pool USING moment WHERE name = ANY($17::text[])
  ), leaving AS (
    UPDATE sync SET deleted_by = CASE WHEN let_go_by IS NULL THEN $1::bigint ELSE deleted_by END,
      state = 'Pending', reason = 'WaitingForCluster', detail = '{}', since = moment.at,
      applied_uid = CASE WHEN NOT (${MADE_AGAIN}) THEN applied_uid END,
      applied_version = CASE WHEN NOT (${MADE_AGAIN}) THEN applied_version END,
      applied_spec = CASE WHEN NOT (${MADE_AGAIN}) THEN applied_spec END
    FROM moment WHERE name = ANY($17::text[])
  )`,
  rows: 'unnest($14::text[], $15::text[], $16::cidr[]) AS u(name, spec, cidr)',
  named: 'name = ANY($14::text[])',
});
/** Of an array of one PostgreSQL would make a plan anew each time, which takes longer than all the rest. Hosts are left: they may move meanwhile. */
const WRITE_POOL = write({
  rows: '(SELECT $14::text, $15::text, $16::cidr) AS u(name, spec, cidr)',
  named: 'name = $14::text',
});

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
