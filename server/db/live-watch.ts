/** What the leader knows of its watch, for the other replicas and for pages. */
import type { ComeBack, Word } from '../../core/cluster/come-back.ts';
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
  /** the type that those are from was taken away: what comes back may be half of it, and that is not believed */
  readonly lost: boolean;
  /** the same of FelixConfigurations */
  readonly settingsLost: boolean;
  /** what came back, where it lacks something that was known; null: nothing did, or it lacks nothing */
  readonly back: ComeBack | null;
}

export interface StoredWatch {
  /** null: no leader has told yet */
  readonly watch: LiveWatch | null;
  /** when the cluster last told the leader something, if only that nothing happened; null: never */
  readonly heardAt: Date | null;
  readonly leader: string | null;
  readonly epoch: number;
  /** what somebody decided about `back`, or about one before it */
  readonly word: Word | null;
}

/** Tells the listeners; with nothing left to be decided a word is used up. Throws TermOver when `epoch` is not the current term; nothing was written then. */
export async function writeWatch(
  db: Queryable,
  epoch: number,
  { watch, heardAt }: { readonly watch: LiveWatch; readonly heardAt: number | null },
): Promise<void> {
  const [row] = await db.query(
    `UPDATE live SET watch = $2::jsonb, heard_at = coalesce(to_timestamp($3::float8 / 1000), heard_at),
       word = CASE WHEN jsonb_typeof($2::jsonb->'back') = 'object' THEN word END
     WHERE id = 1 AND epoch = $1 RETURNING pg_notify('outgate', $4)`,
    [epoch, JSON.stringify(watch), heardAt, noticeText({ kind: 'watch' })],
    'write-watch',
  );
  if (row === undefined) throw new TermOver(`term ${epoch} is over`);
}

const SELECT = 'SELECT watch, heard_at, leader, epoch, word FROM live WHERE id = 1';

export const readWatch = (db: Queryable): Promise<StoredWatch> => read(db, SELECT);

/** Nobody writes it until the transaction ends. */
export const lockWatch = (tx: Queryable): Promise<StoredWatch> => read(tx, `${SELECT} FOR UPDATE`);

/** The caller holds the lock. */
export async function writeWord(tx: Queryable, word: Word): Promise<void> {
  await tx.query('UPDATE live SET word = $1::jsonb WHERE id = 1', [JSON.stringify(word)]);
}

async function read(db: Queryable, text: string): Promise<StoredWatch> {
  const [row] = await db.query<{
    watch: LiveWatch | Record<string, never>;
    heard_at: Date | null;
    leader: string | null;
    epoch: string;
    word: Word | null;
  }>(text, []);
  if (row === undefined) throw new Error('the live state must have its row: the database was not migrated');
  const { watch } = row;
  return {
    // an older server may have told it
    watch: 'phase' in watch ? { ...notLost, ...(watch as LiveWatch) } : null,
    heardAt: row.heard_at,
    leader: row.leader,
    epoch: Number(row.epoch),
    word: row.word,
  };
}

const notLost = { settingsLost: false, back: null };
