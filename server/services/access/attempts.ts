/**
 * Failed attempts, counted in the database so that every server counts the same ones. An attempt is counted before it is
 * tried, in one statement, so a hundred at once are a hundred; one that succeeds is taken back.
 */
import { randomUUID } from 'node:crypto';
import type { Database } from '../../db/client.ts';
import { hashOf } from './secret-text.ts';

export interface Limit {
  readonly attempts: number;
  readonly seconds: number;
}

/** Seconds to wait, or null when the attempt is allowed. */
export async function countAttempt(db: Database, subject: string, limit: Limit): Promise<number | null> {
  const [row] = await db.query<{ count: number; left: number }>(
    `INSERT INTO rate_limit AS r (id, key, count, last_request)
     VALUES ($1, $2, 1, ${NOW})
     ON CONFLICT (key) DO UPDATE SET
       count = CASE WHEN r.last_request <= ${NOW} - $3::bigint THEN 1 ELSE r.count + 1 END,
       last_request = CASE WHEN r.last_request <= ${NOW} - $3::bigint THEN ${NOW} ELSE r.last_request END
     RETURNING count, ceil((last_request + $3::bigint - ${NOW}) / 1000.0)::int AS left`,
    [randomUUID(), hashOf(subject), limit.seconds * 1000],
  );
  return row === undefined || row.count <= limit.attempts ? null : Math.max(1, row.left);
}

export async function takeBackAttempt(db: Database, subject: string): Promise<void> {
  await db.query('UPDATE rate_limit SET count = greatest(0, count - 1) WHERE key = $1', [hashOf(subject)]);
}

export async function forgetAttempts(db: Database, subject: string): Promise<void> {
  await db.query('DELETE FROM rate_limit WHERE key = $1', [hashOf(subject)]);
}

/** Subjects that nobody tried for an hour. */
export async function pruneAttempts(db: Database): Promise<void> {
  await db.query(`DELETE FROM rate_limit WHERE last_request < ${NOW} - 3600000`);
}

/** The database's clock: the servers' own may differ. */
const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';
