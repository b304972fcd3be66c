/** How long who is signed in may go on, by what they signed in with. */
import type { Queryable } from '../../db/client.ts';
import type { SessionUser } from '../actor.ts';
import { apiTokenTimeLeft } from './api-token-use.ts';

/** In milliseconds, Infinity for a token without an end; null: it is over, or what it was is gone. */
export async function timeLeft(db: Queryable, { token, session }: SessionUser): Promise<number | null> {
  if (token !== undefined) return apiTokenTimeLeft(db, token.id);
  if (session === undefined) return null;
  const [row] = await db.query<{ left: number }>(
    'SELECT (extract(epoch FROM expires_at - now()) * 1000)::float8 AS left FROM session WHERE id = $1 AND expires_at > now()',
    [session.id],
  );
  return row?.left ?? null;
}
