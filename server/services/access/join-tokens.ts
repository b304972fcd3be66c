/** Join tokens: an admin makes one, nodes buy a credential with it. The token itself is shown once and never kept. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Database, Queryable } from '../../db/client.ts';
import { AppError } from '../app-error.ts';
import { notify } from '../notify.ts';
import { expirySchema, refusePastExpiry } from './expiry.ts';
import { nameSchema } from './name.ts';
import { hashOf, newSecret } from './secret-text.ts';

export const joinTokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  uses: z.int(),
});
export type JoinToken = z.infer<typeof joinTokenSchema>;

export const newJoinTokenSchema = z.strictObject({
  name: nameSchema(100),
  /** absent: it does not expire */
  expiresAt: expirySchema.nullish(),
});

interface Row {
  readonly id: string;
  readonly name: string;
  readonly created_by: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
  readonly uses: number;
}
const COLUMNS = 'id, name, created_by, created_at, expires_at, revoked_at, last_used_at, uses';

export async function listJoinTokens(db: Queryable): Promise<JoinToken[]> {
  const rows = await db.query<Row>(`SELECT ${COLUMNS} FROM join_token ORDER BY created_at DESC, id`);
  return rows.map(toJoinToken);
}

/** Throws INVALID_INPUT for an expiry in the past. */
export function createJoinToken(
  db: Database,
  input: z.infer<typeof newJoinTokenSchema>,
  createdBy: string,
  now: Date,
): Promise<{ joinToken: JoinToken; token: string }> {
  const expiresAt = input.expiresAt ?? null;
  refusePastExpiry(expiresAt, now);
  const token = newSecret();
  return db.transaction(async (tx) => {
    const [row] = await tx.query<Row>(
      `INSERT INTO join_token (id, name, hash, created_by, expires_at) VALUES ($1, $2, $3, $4, $5) RETURNING ${COLUMNS}`,
      [randomUUID(), input.name, hashOf(token), createdBy, expiresAt],
    );
    if (row === undefined) throw new Error('an inserted row must come back');
    await notify(tx, { kind: 'access' });
    return { joinToken: toJoinToken(row), token };
  });
}

/** Throws NOT_FOUND. Nodes that joined with it stay. A revoked token stays in the list, and revoked. */
export function revokeJoinToken(db: Database, id: string): Promise<JoinToken> {
  return db.transaction(async (tx) => {
    const [row] = await tx.query<Row>(
      `UPDATE join_token SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING ${COLUMNS}`,
      [id],
    );
    if (row === undefined) throw new AppError('NOT_FOUND', 'there is no such join token');
    await notify(tx, { kind: 'access' });
    return toJoinToken(row);
  });
}

/** The token that a lab or a compose file hands to its nodes. One that an admin revoked stays revoked. */
export async function ensureBootstrapToken(db: Queryable, token: string): Promise<void> {
  await db.query(
    `INSERT INTO join_token (id, name, hash, created_by) VALUES ($1, 'bootstrap', $2, 'outgate')
     ON CONFLICT (hash) DO NOTHING`,
    [randomUUID(), hashOf(token)],
  );
}

/** True and counted when the token is known, not revoked and not expired. */
export async function redeemJoinToken(tx: Queryable, token: string): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE join_token SET uses = uses + 1, last_used_at = now()
     WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) RETURNING 1`,
    [hashOf(token)],
  );
  return rows.length > 0;
}

const toJoinToken = (row: Row): JoinToken => ({
  id: row.id,
  name: row.name,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  revokedAt: row.revoked_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  uses: row.uses,
});
