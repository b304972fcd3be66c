/** A node's credential: what it bought with its join token, and which node it speaks for. */
import { z } from 'zod';
import { poolNameSchema } from '../../../core/pool/spec.ts';
import type { Database, Queryable } from '../../db/client.ts';
import { redeemJoinToken } from '../access/join-tokens.ts';
import { hashOf, newSecret } from '../access/secret-text.ts';
import { AppError } from '../app-error.ts';
import { STALE_AFTER_MS } from '../nodes/node-state.ts';
import { notify } from '../notify.ts';

/** A node is named like any Kubernetes object. */
export const nodeNameSchema = z.string().refine((name) => poolNameSchema.safeParse(name).success, {
  error: "the node's name must be a Kubernetes object name: lower case letters, digits, '-' and '.'",
});

/** An agent that was not heard for so long is gone, or has lost its credential: three report intervals. */
const IN_USE_SECONDS = STALE_AFTER_MS / 1000;

export interface JoinRequest {
  readonly token: string;
  readonly node: string;
  /** the credential that the node had so far, if the caller has it */
  readonly held: string | null;
  /** the cluster's nodes have agents that sign in as pods: their names are not to be had */
  readonly pods: boolean;
}
export interface Joined {
  readonly credential: string;
  /** the name had a credential before: it is worth nothing from now on */
  readonly again: boolean;
}

/**
 * A credential for the node, or null when the token buys nothing. A name whose agent was heard in the last 30 s belongs to
 * it: throws NODE_NAME_TAKEN unless the caller shows its credential. After that a node that lost its credential joins again
 * by itself: the older one is worth nothing then, and a stream that was opened with it ends. Throws AGENT_REFUSED for a
 * node of a cluster whose agents sign in as pods, or NODE_NAME_TAKEN while such a pod lives.
 */
export function joinNode(db: Database, { token, node, held, pods }: JoinRequest): Promise<Joined | null> {
  const credential = newSecret();
  return db.transaction(async (tx) => {
    if (!(await redeemJoinToken(tx, token))) return null;
    if (pods) await refuseClusterNode(tx, node);
    const [older] = await tx.query<{ credential_hash: string | null; silent: number }>(
      `SELECT credential_hash,
         extract(epoch FROM clock_timestamp() - greatest(joined_at, seen_at, reported_at))::float8 AS silent
       FROM node WHERE name = $1 FOR UPDATE`,
      [node],
    );
    const own = held !== null && older?.credential_hash === hashOf(held);
    // its agent was a pod, and none can sign in here any more: nobody works under the name
    const vacant = older?.credential_hash === null && !pods;
    if (older !== undefined && !own && !vacant && older.silent < IN_USE_SECONDS) throw nameTaken(node, older.silent);
    const [written] = await tx.query(
      older === undefined
        ? `INSERT INTO node (name, credential_hash) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1`
        : `UPDATE node SET credential_hash = $2, replaced_hash = NULL, joined_at = now() WHERE name = $1 RETURNING 1`,
      [node, hashOf(credential)],
    );
    // somebody else joined under the new name in this moment
    if (written === undefined) throw nameTaken(node, 0);
    await tx.query('DELETE FROM agent_pod WHERE node = $1', [node]);
    await notify(tx, { kind: 'credential', node });
    await notify(tx, { kind: 'access' });
    return { credential, again: older !== undefined };
  });
}

/** An agent that the cluster vouches for: nobody else speaks for that node. While its pod lives the caller is a second agent, and is told so. */
async function refuseClusterNode(tx: Queryable, node: string): Promise<void> {
  const rows = await tx.query(
    `SELECT FROM cluster_node WHERE name = $1
     UNION ALL SELECT FROM node WHERE name = $1 AND credential_hash IS NULL`,
    [node],
  );
  if (rows.length === 0) return;
  const way = `its agent must sign in by its pod's service-account token (--token-file), not by a join token`;
  const pod = await livingPod(tx, node);
  if (pod !== null) throw taken(`the pod ${pod.name} is the agent of ${node}: ${way}`, pod.silent);
  const message = `${node} is a node of the cluster: ${way}`;
  throw new AppError('AGENT_REFUSED', message, { issues: [{ field: 'node', message }] });
}

/** The pod that was heard last, if that was in the last 30 s. */
async function livingPod(db: Queryable, node: string): Promise<{ name: string; silent: number } | null> {
  const [pod] = await db.query<{ name: string; silent: number }>(
    `SELECT name, extract(epoch FROM clock_timestamp() - seen_at)::float8 AS silent
     FROM agent_pod WHERE node = $1 ORDER BY seen_at DESC LIMIT 1`,
    [node],
  );
  return pod !== undefined && pod.silent < IN_USE_SECONDS ? pod : null;
}

/** The pod that made this credential worthless, while it lives: whoever still has it must not write against it. */
export async function replacedBy(db: Queryable, credential: string): Promise<{ node: string; pod: string } | null> {
  const [row] = await db.query<{ name: string }>('SELECT name FROM node WHERE replaced_hash = $1', [
    hashOf(credential),
  ]);
  const pod = row === undefined ? null : await livingPod(db, row.name);
  return row === undefined || pod === null ? null : { node: row.name, pod: pod.name };
}

const nameTaken = (node: string, silent: number): AppError =>
  taken(
    `an agent works under the name ${node} (heard ${Math.max(0, Math.floor(silent))} s ago): the name must be another one, or an admin forgets the node, or nothing is heard from it for ${IN_USE_SECONDS} s`,
    silent,
  );

function taken(message: string, silent: number): AppError {
  const wait = Math.max(1, Math.ceil(IN_USE_SECONDS - silent));
  return new AppError('NODE_NAME_TAKEN', message, { issues: [{ field: 'node', message }], retryAfter: wait });
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
