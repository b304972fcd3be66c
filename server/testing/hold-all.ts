import type { Queryable } from '../db/client.ts';

/** There is a node `holder`, and it holds all that the cluster said until now. */
export async function holdAll(db: Queryable): Promise<void> {
  await db.query(`INSERT INTO node (name, credential_hash) VALUES ('holder', 'x') ON CONFLICT DO NOTHING`);
  await db.query(
    `INSERT INTO holding (node, sequence, at) SELECT 'holder', sequence, now() FROM live ON CONFLICT DO NOTHING`,
  );
}
