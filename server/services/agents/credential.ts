/** A node's credential: what it bought with its join token, and which node it speaks for. */
import { z } from 'zod';
import { poolNameSchema } from '../../../core/pool/spec.ts';
import type { Database, Queryable } from '../../db/client.ts';
import { redeemJoinToken } from '../access/join-tokens.ts';
import { hashOf, newSecret } from '../access/secret-text.ts';
import { notify } from '../notify.ts';

/** A node is named like any Kubernetes object. */
export const nodeNameSchema = z.string().refine((name) => poolNameSchema.safeParse(name).success, {
  error: "the node's name must be a Kubernetes object name: lower case letters, digits, '-' and '.'",
});

/**
 * A credential for the node, or null when the token buys nothing. A node that lost its credential joins again: the older
 * one is worth nothing from then on, and a stream that was opened with it ends.
 */
export function joinNode(db: Database, token: string, node: string): Promise<string | null> {
  const credential = newSecret();
  return db.transaction(async (tx) => {
    if (!(await redeemJoinToken(tx, token))) return null;
    await tx.query(
      `INSERT INTO node (name, credential_hash) VALUES ($1, $2)
       ON CONFLICT (name) DO UPDATE SET credential_hash = excluded.credential_hash, joined_at = now()`,
      [node, hashOf(credential)],
    );
    await notify(tx, { kind: 'credential', node });
    await notify(tx, { kind: 'access' });
    return credential;
  });
}

/** The node that the credential speaks for, null for none. */
export async function nodeOf(db: Queryable, credential: string): Promise<string | null> {
  const [row] = await db.query<{ name: string }>(
    'SELECT name FROM node WHERE credential_hash = $1',
    [hashOf(credential)],
    'node-of-credential',
  );
  return row?.name ?? null;
}

/** The agent is there, though it may have nothing to report yet. */
export async function markSeen(db: Queryable, node: string): Promise<void> {
  await db.query('UPDATE node SET seen_at = now() WHERE name = $1', [node]);
}
