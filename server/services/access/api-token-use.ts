/**
 * Signing in with an API token. It is looked up by the hash of what the caller sent: nothing is compared with a secret, so
 * the time of the answer tells nothing of one.
 */
import type { Database, Queryable } from '../../db/client.ts';
import { lower, readRole, type SessionUser } from '../actor.ts';
import { hashOf } from './secret-text.ts';

export type ApiTokenUse =
  | { readonly ok: true; readonly user: SessionUser }
  /** what must hold; `name` of a token that was one. Said to whoever has the secret alone. */
  | { readonly ok: false; readonly message: string; readonly name?: string };

interface Row {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly expired: boolean | null;
  readonly unmarked: boolean;
  readonly owner_id: string;
  readonly owner_name: string;
  readonly email: string;
  readonly owner_role: string;
  readonly banned: boolean | null;
}

const BANNED = 'u.banned AND (u.ban_expires IS NULL OR u.ban_expires > now())';

export async function redeemApiToken(db: Database, secret: string): Promise<ApiTokenUse> {
  const [row] = await db.query<Row>(
    `SELECT t.id, t.name, t.role, t.expires_at, t.revoked_at, t.expires_at <= now() AS expired,
       (t.last_used_at IS NULL OR ${OLD}) AS unmarked,
       u.id AS owner_id, u.name AS owner_name, u.email, u.role AS owner_role, (${BANNED}) AS banned
     FROM api_token t JOIN "user" u ON u.id = t.owner_id WHERE t.hash = $1`,
    [hashOf(secret)],
    'api-token-by-hash',
  );
  if (row === undefined) return { ok: false, message: 'the API token must be one that Settings shows: it is unknown' };
  const { name } = row;
  const refused = (why: string): ApiTokenUse => ({ ok: false, name, message: `the API token '${name}' ${why}` });
  if (row.revoked_at !== null) return refused(`was revoked at ${row.revoked_at.toISOString()}`);
  if (row.expired === true) return refused(`expired at ${row.expires_at?.toISOString()}: make another one`);
  if (row.banned === true) return refused('speaks for an account that is banned');
  if (row.unmarked) await markUsed(db, row.id);
  const role = lower(readRole(row.role), readRole(row.owner_role));
  const user = { id: row.owner_id, name: row.owner_name, email: row.email, role, token: { id: row.id, name } };
  return { ok: true, user };
}

/** For how many milliseconds the token is in force; null: not any more, also after its account was removed or banned. */
export async function apiTokenTimeLeft(db: Queryable, id: string): Promise<number | null> {
  const [row] = await db.query<{ left: number | null }>(
    `SELECT (extract(epoch FROM t.expires_at - now()) * 1000)::float8 AS left
     FROM api_token t JOIN "user" u ON u.id = t.owner_id WHERE t.id = $1 AND t.revoked_at IS NULL
       AND (t.expires_at IS NULL OR t.expires_at > now()) AND (${BANNED}) IS NOT TRUE`,
    [id],
  );
  return row === undefined ? null : (row.left ?? Number.POSITIVE_INFINITY);
}

/** Revoked and expired ones are shown for 90 days. */
export async function pruneApiTokens(db: Queryable): Promise<void> {
  await db.query(`DELETE FROM api_token WHERE least(revoked_at, expires_at) < now() - interval '90 days'`);
}

/** Once a minute at most: a program that asks a hundred times a second must not cost a hundred writes. */
async function markUsed(db: Database, id: string): Promise<void> {
  await db.query(`UPDATE api_token t SET last_used_at = now() WHERE id = $1 AND (t.last_used_at IS NULL OR ${OLD})`, [
    id,
  ]);
}

const OLD = "t.last_used_at < now() - interval '1 minute'";
