/**
 * Pods that sign in as a node's agent. The node is the one that the cluster bound the pod to, so nothing has to be waited
 * for: a pod that comes takes over from the one before it at once. Of two that live the one that came last is served.
 */
import type { Database, Queryable } from '../../db/client.ts';
import { STALE_AFTER_MS } from '../nodes/node-state.ts';
import { notify } from '../notify.ts';

export interface AgentPod {
  readonly node: string;
  readonly pod: { readonly name: string; readonly uid: string };
}

export interface Standing {
  /** a pod that came later and was heard in the last 30 s: it is served; null: this one is */
  readonly newer: string | null;
}

export interface SignedIn extends Standing {
  /** it was not here before */
  readonly came: boolean;
  /** an agent with a join token's credential had the name: that is worth nothing from now on */
  readonly replaced: boolean;
}

/** A sign of life of this pod; the node's row is made when there is none. */
export async function podSeen(db: Database, agent: AgentPod): Promise<SignedIn> {
  const known = await standing(db, agent, true);
  return known === null ? signIn(db, agent) : { ...known, came: false, replaced: false };
}

/** The same question by an open stream, which is no sign of life; null when the node was forgotten. */
export const podStands = (db: Database, agent: AgentPod): Promise<Standing | null> => standing(db, agent, false);

function signIn(db: Database, { node, pod }: AgentPod): Promise<SignedIn> {
  return db.transaction(async (tx) => {
    await tx.query('INSERT INTO node (name) VALUES ($1) ON CONFLICT DO NOTHING', [node]);
    const [row] = await tx.query<{ joined: boolean }>(
      'SELECT credential_hash IS NOT NULL AS joined FROM node WHERE name = $1 FOR UPDATE',
      [node],
    );
    const replaced = row?.joined ?? false;
    if (replaced) {
      await tx.query(
        `UPDATE node SET replaced_hash = credential_hash, credential_hash = NULL, joined_at = now() WHERE name = $1`,
        [node],
      );
    }
    // those of older pods go when nobody can mistake them for living ones any more
    await tx.query(`DELETE FROM agent_pod WHERE node = $1 AND seen_at < now() - interval '1 day'`, [node]);
    await tx.query(
      `INSERT INTO agent_pod (node, uid, name, since, seen_at) VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp())
       ON CONFLICT (node, uid) DO UPDATE SET seen_at = excluded.seen_at`,
      [node, pod.uid, pod.name],
    );
    await notify(tx, { kind: 'credential', node });
    await notify(tx, { kind: 'node', node });
    return { newer: null, came: true, replaced };
  });
}

async function standing(db: Queryable, { node, pod }: AgentPod, alive: boolean): Promise<Standing | null> {
  const [row] = await db.query<Standing>(
    `WITH own AS (${alive ? SEEN : LOOK})
     SELECT (SELECT other.name FROM agent_pod other
       WHERE other.node = $1 AND other.since > own.since AND other.seen_at > now() - $3 * interval '1 ms'
       ORDER BY other.since DESC LIMIT 1) AS newer
     FROM own JOIN node n ON n.name = $1 AND n.credential_hash IS NULL`,
    [node, pod.uid, STALE_AFTER_MS],
    alive ? 'pod-seen' : 'pod-stands',
  );
  return row ?? null;
}

const SEEN = 'UPDATE agent_pod SET seen_at = now() WHERE node = $1 AND uid = $2 RETURNING since';
const LOOK = 'SELECT since FROM agent_pod WHERE node = $1 AND uid = $2';
