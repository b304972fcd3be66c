/** The cluster's Nodes as the leader saw them last, for every server. Empty: they were never read, or there is no cluster. */
import type { LiveNode } from '../../core/cluster/live-node.ts';
import { noticeText } from '../events/notice.ts';
import type { Database, Queryable } from './client.ts';
import { lockLive } from './live.ts';

/** Nodes as they are now, and names that are no more. Throws TermOver when `epoch` is not the current term. */
export async function writeClusterNodes(
  db: Database,
  epoch: number,
  seen: readonly LiveNode[],
  gone: readonly string[],
): Promise<void> {
  await db.transaction(async (tx) => {
    await lockLive(tx, epoch);
    await write(tx, seen, gone);
  });
}

/** The same for a complete list. */
export async function writeAllClusterNodes(db: Database, epoch: number, all: readonly LiveNode[]): Promise<void> {
  await db.transaction(async (tx) => {
    await lockLive(tx, epoch);
    const known = await tx.query<{ name: string }>('SELECT name FROM cluster_node');
    const names = new Set(all.map(({ name }) => name));
    await write(
      tx,
      all,
      known.flatMap(({ name }) => (names.has(name) ? [] : [name])),
    );
  });
}

/** Without a cluster nobody's nodes are missing an agent. */
export async function dropClusterNodes(db: Queryable): Promise<void> {
  await db.query('DELETE FROM cluster_node');
}

async function write(tx: Queryable, seen: readonly LiveNode[], gone: readonly string[]): Promise<void> {
  const [{ moved } = { moved: 0 }] = await tx.query<{ moved: number }>(
    `WITH removed AS (
       DELETE FROM cluster_node WHERE name = ANY($1::text[]) RETURNING 1
     ), written AS (
       INSERT INTO cluster_node AS old (name, ready, reason, message, ready_since, addresses, agent_wanted)
       SELECT o->>'name', o->>'ready', o->>'reason', o->>'message', (o->>'since')::timestamptz, o->'addresses',
         (o->>'agentWanted')::boolean
       FROM jsonb_array_elements($2::jsonb) AS o
       ON CONFLICT (name) DO UPDATE
         SET ready = excluded.ready, reason = excluded.reason, message = excluded.message,
           ready_since = excluded.ready_since, addresses = excluded.addresses, agent_wanted = excluded.agent_wanted
         WHERE (old.ready, old.reason, old.message, old.ready_since, old.addresses, old.agent_wanted)
           IS DISTINCT FROM (excluded.ready, excluded.reason, excluded.message, excluded.ready_since, excluded.addresses,
             excluded.agent_wanted)
       RETURNING 1
     )
     SELECT (SELECT count(*) FROM removed)::int + (SELECT count(*) FROM written)::int AS moved`,
    [gone, JSON.stringify(seen)],
    'write-cluster-nodes',
  );
  if (moved > 0) await tx.query(`SELECT pg_notify('outgate', $1)`, [noticeText({ kind: 'nodes' })]);
}
