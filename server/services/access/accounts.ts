/** What an admin does with accounts. There is always an admin left, and a new password ends the sessions of the old one. */
import { hashPassword } from 'better-auth/crypto';
import type { Database, Queryable } from '../../db/client.ts';
import { type Role, readRole } from '../actor.ts';
import { AppError } from '../app-error.ts';
import { notify } from '../notify.ts';
import { type Account, insertAccount, lockAccounts, type NewAccount } from './account.ts';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly created_at: Date;
}

export async function listAccounts(db: Queryable): Promise<Account[]> {
  const rows = await db.query<Row>('SELECT id, name, email, role, created_at FROM "user" ORDER BY email');
  return rows.map(toAccount);
}

export function createAccount(db: Database, account: NewAccount, role: Role): Promise<Account> {
  return db.transaction(async (tx) => {
    await lockAccounts(tx);
    const created = await insertAccount(tx, account, role);
    await notify(tx, { kind: 'access' });
    return created;
  });
}

/** Throws NOT_FOUND, LAST_ADMIN. It holds from the account's next request on. */
export function setRole(db: Database, id: string, role: Role): Promise<Account> {
  return db.transaction(async (tx) => {
    const account = await lockAccount(tx, id);
    if (account.role === 'admin' && role !== 'admin') await requireOtherAdmin(tx, account);
    await tx.query('UPDATE "user" SET role = $2, updated_at = now() WHERE id = $1', [id, role]);
    await notify(tx, { kind: 'access' });
    return { ...account, role };
  });
}

/** Throws NOT_FOUND. Every session of the account ends. */
export function setPassword(db: Database, id: string, password: string): Promise<Account> {
  return db.transaction(async (tx) => {
    const account = await lockAccount(tx, id);
    const hash = await hashPassword(password);
    await tx.query(
      "UPDATE account SET password = $2, updated_at = now() WHERE user_id = $1 AND provider_id = 'credential'",
      [id, hash],
    );
    await tx.query('DELETE FROM session WHERE user_id = $1', [id]);
    await notify(tx, { kind: 'access' });
    return account;
  });
}

/** Throws NOT_FOUND, LAST_ADMIN. Sessions go with the account; its changes stay in History under its name. */
export function removeAccount(db: Database, id: string): Promise<Account> {
  return db.transaction(async (tx) => {
    const account = await lockAccount(tx, id);
    if (account.role === 'admin') await requireOtherAdmin(tx, account);
    await tx.query('DELETE FROM "user" WHERE id = $1', [id]);
    await notify(tx, { kind: 'access' });
    return account;
  });
}

async function lockAccount(tx: Queryable, id: string): Promise<Account> {
  await lockAccounts(tx);
  const [row] = await tx.query<Row>('SELECT id, name, email, role, created_at FROM "user" WHERE id = $1', [id]);
  if (row === undefined) throw new AppError('NOT_FOUND', 'there is no such account');
  return toAccount(row);
}

async function requireOtherAdmin(tx: Queryable, account: Account): Promise<void> {
  const others = await tx.query('SELECT 1 FROM "user" WHERE role = \'admin\' AND id <> $1 LIMIT 1', [account.id]);
  if (others.length === 0) {
    throw new AppError('LAST_ADMIN', `${account.email} is the last admin: another account must be an admin first`);
  }
}

const toAccount = (row: Row): Account => ({
  id: row.id,
  name: row.name,
  email: row.email,
  role: readRole(row.role),
  createdAt: row.created_at.toISOString(),
});
