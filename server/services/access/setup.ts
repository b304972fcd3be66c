/** The first account: from the environment, or by a link that works once. Both only while there is no account. */
import type { Database } from '../../db/client.ts';
import { AppError } from '../app-error.ts';
import { notify } from '../notify.ts';
import { type Account, insertAccount, lockAccounts, type NewAccount, noAccounts } from './account.ts';
import { hashOf, newSecret } from './secret-text.ts';

/** The new account, or null when there is one already. */
export function createFirstAdmin(db: Database, account: NewAccount): Promise<Account | null> {
  return db.transaction(async (tx) => {
    await lockAccounts(tx);
    if (!(await noAccounts(tx))) return null;
    const created = await insertAccount(tx, account, 'admin');
    await notify(tx, { kind: 'access' });
    return created;
  });
}

/**
 * A new token for the setup link, or null when there is an account. Each start prints its own: several servers on one
 * database start one after the other, and the link of each must work. They hold for a day, and all end with the first use.
 */
export function openSetup(db: Database): Promise<string | null> {
  return db.transaction(async (tx) => {
    await lockAccounts(tx);
    if (!(await noAccounts(tx))) return null;
    await tx.query("DELETE FROM setup_token WHERE created_at < now() - interval '1 day'");
    const token = newSecret();
    await tx.query('INSERT INTO setup_token (hash) VALUES ($1)', [hashOf(token)]);
    return token;
  });
}

/** Throws SETUP_CLOSED: the token is unknown, old or used, or there is an account. */
export function useSetup(db: Database, token: string, account: NewAccount): Promise<Account> {
  return db.transaction(async (tx) => {
    await lockAccounts(tx);
    const [found] = await tx.query(
      `SELECT 1 FROM setup_token WHERE hash = $1 AND used_at IS NULL AND created_at > now() - interval '1 day'`,
      [hashOf(token)],
    );
    if (!(await noAccounts(tx))) throw new AppError('SETUP_CLOSED', 'setup is done: there is an account already');
    if (found === undefined) {
      throw new AppError('SETUP_CLOSED', 'the link must be the one printed at the last start of the server');
    }
    await tx.query('UPDATE setup_token SET used_at = now() WHERE used_at IS NULL');
    const created = await insertAccount(tx, account, 'admin');
    await notify(tx, { kind: 'access' });
    return created;
  });
}
