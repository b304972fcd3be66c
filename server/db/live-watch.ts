/** What the leader knows of its watch, for the other replicas and for pages. */
import { noticeText } from '../events/notice.ts';
import type { Queryable } from './client.ts';
import { TermOver } from './live.ts';

export interface LiveWatch {
  /** where the pools are read; null: the cluster serves no IPPools that can be followed */
  readonly group: string | null;
  /** `no-pools`: see `group`; what was last known stays in force */
  readonly phase: 'no-pools' | 'starting' | 'live' | 'blind';
  /** when the phase began, in milliseconds since 1970 */
  readonly since: number;
  /** the cluster's words, or ours; null when live */
  readonly error: string | null;
  /** pools that wait to be brought to what is desired */
  readonly queued: number;
  /** where the last known pools are from; null: none were ever read */
  readonly from: string | null;
  /** the type that those are from was taken away: it may come back empty, and that is not believed */
  readonly lost: boolean;
}

export interface StoredWatch {
  /** null: no leader has told yet */
  readonly watch: LiveWatch | null;
  /** when the cluster last told the leader something, if only that nothing happened; null: never */
  readonly heardAt: Date | null;
  readonly leader: string | null;
  readonly epoch: number;
}

/** Tells the listeners. Throws TermOver when `epoch` is not the current term; nothing was written then. */
export async function writeWatch(
  db: Queryable,
  epoch: number,
  { watch, heardAt }: { readonly watch: LiveWatch; readonly heardAt: number | null },
): Promise<void> {
  const [row] = await db.query(
    `UPDATE live SET watch = $2::jsonb, heard_at = coalesce(to_timestamp($3::float8 / 1000), heard_at)
     WHERE id = 1 AND epoch = $1 RETURNING pg_notify('outgate', $4)`,
    [epoch, JSON.stringify(watch), heardAt, noticeText({ kind: 'watch' })],
    'write-watch',
  );
  if (row === undefined) throw new TermOver(`term ${epoch} is over`);
}

export async function readWatch(db: Queryable): Promise<StoredWatch> {
  const [row] = await db.query<{
    watch: LiveWatch | Record<string, never>;
    heard_at: Date | null;
    leader: string | null;
    epoch: string;
  }>('SELECT watch, heard_at, leader, epoch FROM live WHERE id = 1');
  if (row === undefined) throw new Error('the live state must have its row: the database was not migrated');
  const { watch } = row;
  return {
    watch: 'phase' in watch ? (watch as LiveWatch) : null,
    heardAt: row.heard_at,
    leader: row.leader,
    epoch: Number(row.epoch),
  };
}
