/** Accounts: their shape, and the rules that hold for a new one and for a password. */
import { randomUUID } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import { z } from 'zod';
import type { Queryable } from '../../db/client.ts';
import { type Role, roleSchema } from '../actor.ts';
import { AppError } from '../app-error.ts';
import { nameSchema } from './name.ts';

export const passwordSchema = z
  .string()
  .min(12, 'the password must have at least 12 characters')
  .max(128, 'the password must have at most 128 characters');
export const newAccountSchema = z.strictObject({
  name: nameSchema(100),
  email: z
    .email('the address must be an e-mail address, for example ada@outgate.example')
    .max(254, 'the address must have at most 254 characters')
    .transform((text) => text.toLowerCase()),
  password: passwordSchema,
});
export type NewAccount = z.infer<typeof newAccountSchema>;

export const accountSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: roleSchema,
  createdAt: z.iso.datetime(),
});
export type Account = z.infer<typeof accountSchema>;

/** Throws EMAIL_TAKEN. */
export async function insertAccount(
  tx: Queryable,
  { name, email, password }: NewAccount,
  role: Role,
): Promise<Account> {
  const [row] = await tx.query<{ id: string; created_at: Date }>(
    `INSERT INTO "user" (id, name, email, email_verified, role) VALUES ($1, $2, $3, true, $4)
     ON CONFLICT (email) DO NOTHING RETURNING id, created_at`,
    [randomUUID(), name, email, role],
  );
  if (row === undefined) {
    throw new AppError('EMAIL_TAKEN', `an account with the address ${email} exists: the address must be another one`, {
      issues: [{ field: 'email', message: `${email} is taken` }],
    });
  }
  await tx.query(
    `INSERT INTO account (id, account_id, provider_id, user_id, password) VALUES ($1, $2, 'credential', $2, $3)`,
    [randomUUID(), row.id, await hashPassword(password)],
  );
  return { id: row.id, name, email, role, createdAt: row.created_at.toISOString() };
}

/** Everyone waits here who may change whether there is an account, or an admin. */
export async function lockAccounts(tx: Queryable): Promise<void> {
  await tx.query("SELECT pg_advisory_xact_lock(hashtext('outgate accounts'))");
}

export async function noAccounts(db: Queryable): Promise<boolean> {
  const rows = await db.query('SELECT 1 FROM "user" LIMIT 1');
  return rows.length === 0;
}

/** Whether somebody is signed in to the account from this address. */
export async function hasSessionFrom(db: Queryable, email: string, address: string): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM session s JOIN "user" u ON u.id = s.user_id
     WHERE u.email = $1 AND s.ip_address = $2 AND s.expires_at > now() LIMIT 1`,
    [email, address],
  );
  return rows.length > 0;
}

/** Sessions whose time is over. */
export async function pruneSessions(db: Queryable): Promise<void> {
  await db.query('DELETE FROM session WHERE expires_at < now()');
}
