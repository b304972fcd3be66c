import type { Database } from '../../db/client.ts';
import { newSecret } from './secret-text.ts';

/** What sessions are signed with: made once, the same for every server on this database. */
export async function sharedSecret(db: Database): Promise<string> {
  await db.query("INSERT INTO server_secret (name, value) VALUES ('session', $1) ON CONFLICT (name) DO NOTHING", [
    newSecret(),
  ]);
  const [row] = await db.query<{ value: string }>("SELECT value FROM server_secret WHERE name = 'session'");
  if (row === undefined) throw new Error('the session secret must be readable');
  return row.value;
}
