/** API tokens: what programs sign in with. Everyone has their own; admins see and revoke all. A secret is shown once. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Database, Queryable } from '../../db/client.ts';
import { atLeast, lower, type Role, readRole, roleSchema, type SessionUser } from '../actor.ts';
import { AppError } from '../app-error.ts';
import { notify } from '../notify.ts';
import { newApiTokenSecret } from './api-token-secret.ts';
import { expirySchema, refusePastExpiry } from './expiry.ts';
import { apiTokenNameSchema } from './name.ts';
import { hashOf } from './secret-text.ts';

export const apiTokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** e-mail address of the account that it speaks for */
  owner: z.string(),
  /** the role it was made with */
  role: roleSchema,
  /** what it may now: never more than its owner */
  effectiveRole: roleSchema,
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  /** to the minute */
  lastUsedAt: z.iso.datetime().nullable(),
});
export type ApiToken = z.infer<typeof apiTokenSchema>;

const DEFAULT_DAYS = 90;
/** of one account, without the revoked ones */
const MOST_TOKENS = 50;
/** of one account: who makes and revokes tokens all day fills neither the table nor an admin's list */
const MOST_REVOKED = 100;

export const newApiTokenSchema = z.strictObject({
  name: apiTokenNameSchema,
  role: roleSchema,
  /** absent: 90 days; null: it does not expire */
  expiresAt: expirySchema.nullish(),
});

interface Row {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly owner_role: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
}
const COLUMNS = 't.id, t.name, t.role, t.created_at, t.expires_at, t.revoked_at, t.last_used_at';

/** All of them for an admin, else the caller's own. */
export async function listApiTokens(db: Queryable, user: SessionUser): Promise<ApiToken[]> {
  const rows = await db.query<Row>(
    `SELECT ${COLUMNS}, u.email, u.role AS owner_role FROM api_token t JOIN "user" u ON u.id = t.owner_id
     WHERE $1::text IS NULL OR t.owner_id = $1 ORDER BY t.created_at DESC, t.id`,
    [user.role === 'admin' ? null : user.id],
  );
  return rows.map(toApiToken);
}

/** Throws ROLE_TOO_LOW, NAME_TAKEN, and INVALID_INPUT for an expiry in the past or a token too many. */
export function createApiToken(
  db: Database,
  user: SessionUser,
  { name, role, expiresAt }: z.infer<typeof newApiTokenSchema>,
  now: Date,
): Promise<{ apiToken: ApiToken; token: string }> {
  refusePastExpiry(expiresAt ?? null, now);
  const until = expiresAt === undefined ? new Date(now.getTime() + DEFAULT_DAYS * 86_400_000).toISOString() : expiresAt;
  const token = newApiTokenSecret();
  return db.transaction(async (tx) => {
    // locked, so that tokens of one account are made one after the other, and its role is the present one
    const [owner] = await tx.query<{ email: string; role: string }>(
      'SELECT email, role FROM "user" WHERE id = $1 FOR UPDATE',
      [user.id],
    );
    if (owner === undefined) throw new AppError('NOT_SIGNED_IN', 'you must be signed in');
    refuseHigherRole(role, readRole(owner.role));
    const live = await tx.query('SELECT 1 FROM api_token WHERE owner_id = $1 AND revoked_at IS NULL', [user.id]);
    if (live.length >= MOST_TOKENS) {
      throw new AppError('INVALID_INPUT', `an account may have at most ${MOST_TOKENS} API tokens: revoke one first`);
    }
    const [row] = await tx.query<Omit<Row, 'email' | 'owner_role'>>(
      `INSERT INTO api_token AS t (id, name, owner_id, role, hash, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (owner_id, name) WHERE revoked_at IS NULL DO NOTHING RETURNING ${COLUMNS}`,
      [randomUUID(), name, user.id, role, hashOf(token), until],
    );
    if (row === undefined) {
      const message = `the name must be another one: a token '${name}' exists and is not revoked`;
      throw new AppError('NAME_TAKEN', message, { issues: [{ field: 'name', message }] });
    }
    await tx.query(
      `DELETE FROM api_token WHERE id IN (SELECT id FROM api_token WHERE owner_id = $1 AND revoked_at IS NOT NULL
         ORDER BY revoked_at DESC OFFSET $2)`,
      [user.id, MOST_REVOKED],
    );
    await notify(tx, { kind: 'access' });
    return { apiToken: toApiToken({ ...row, email: owner.email, owner_role: owner.role }), token };
  });
}

/** Throws NOT_FOUND, also for a token of somebody else unless an admin asks. It stays in the list for a while, revoked. */
export function revokeApiToken(db: Database, user: SessionUser, id: string): Promise<ApiToken> {
  return db.transaction(async (tx) => {
    const [row] = await tx.query<Row>(
      `UPDATE api_token t SET revoked_at = coalesce(t.revoked_at, now()) FROM "user" u
       WHERE u.id = t.owner_id AND t.id = $1 AND ($2::text IS NULL OR t.owner_id = $2)
       RETURNING ${COLUMNS}, u.email, u.role AS owner_role`,
      [id, user.role === 'admin' ? null : user.id],
    );
    if (row === undefined) throw new AppError('NOT_FOUND', 'there is no such API token');
    await notify(tx, { kind: 'access' });
    return toApiToken(row);
  });
}

function refuseHigherRole(role: Role, own: Role): void {
  if (atLeast(own, role)) return;
  const message = `the role must be at most your own, which is ${own}, not ${role}`;
  throw new AppError('ROLE_TOO_LOW', message, { issues: [{ field: 'role', message }] });
}

const toApiToken = (row: Row): ApiToken => ({
  id: row.id,
  name: row.name,
  owner: row.email,
  role: readRole(row.role),
  effectiveRole: lower(readRole(row.role), readRole(row.owner_role)),
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  revokedAt: row.revoked_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
});
