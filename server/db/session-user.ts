/** Whose session it is. */
import type { Queryable } from './client.ts';

export interface StoredUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role?: unknown;
}

export interface StoredSession extends StoredUser {
  readonly session: string;
}

/** Null for a session that is not there, or ends within so many seconds. */
export async function findSessionUser(db: Queryable, token: string, seconds: number): Promise<StoredSession | null> {
  const [user] = await db.query<StoredSession>(
    `SELECT u.id, u.name, u.email, u.role, s.id AS session FROM session s JOIN "user" u ON u.id = s.user_id
     WHERE s.token = $1 AND s.expires_at > now() + make_interval(secs => $2)`,
    [token, seconds],
    'session-user',
  );
  return user ?? null;
}
