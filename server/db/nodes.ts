/** The node, report, holding and sample tables, read side; with a cluster, also its Nodes that lack an agent. */
import type { NodeFacts } from '../../core/nat/node-facts.ts';
import type { Condition, Report } from '../../core/wire/report.ts';
import type { Queryable } from './client.ts';

export interface NodeRow {
  readonly name: string;
  /** null: it has no agent, and is here as a Node of the cluster alone */
  readonly joinedAt: Date | null;
  readonly seenAt: Date | null;
  readonly reportedAt: Date | null;
  /** as the agent said it */
  readonly state: string;
  readonly backend: string | null;
  readonly revision: string | null;
  readonly sequence: number | null;
  /** the highest sequence it ever held */
  readonly holding: number | null;
  readonly conditions: readonly Condition[];
  /** its Node object; null: there is none, or no cluster */
  readonly object: NodeObject | null;
  /** the cluster's Nodes are known: one without an object is not among them */
  readonly nodesKnown: boolean;
  /** its agent signs in as a pod */
  readonly byPod: boolean;
  /** the pods that were heard in the last minutes, those that came first before the others */
  readonly pods: readonly PodRow[];
}

export interface NodeObject {
  readonly ready: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  /** ISO 8601 */
  readonly readySince: string | null;
  readonly addresses: readonly string[];
  /** when it was first seen, ISO 8601 */
  readonly since: string;
}

export interface PodRow {
  readonly name: string;
  /** ISO 8601: when it first signed in, and when it was last heard */
  readonly since: string;
  readonly seenAt: string;
}

/** A node that lacks an agent holds nothing; one for which none is meant is not there, until one signs in. */
const FROM_NODES =
  'FROM node n FULL JOIN cluster_node c ON c.name = n.name WHERE (n.name IS NOT NULL OR c.agent_wanted)';
const ALL_NODES = `SELECT coalesce(n.name, c.name) AS name ${FROM_NODES}`;

/**
 * The nodes of "programmed on x of y nodes", of a change's "x of y" and of every other count. Where the cluster's nodes are
 * known those are meant, with an agent or lacking one: pods run there and nowhere else. An agent whose node the cluster does not
 * have is listed, says so, and counts nowhere.
 */
const FROM_COUNTED = `${FROM_NODES} AND (c.name IS NOT NULL OR NOT EXISTS (SELECT FROM cluster_node))`;
export const COUNTED_NODES = `SELECT coalesce(n.name, c.name) AS name ${FROM_COUNTED}`;

/** In the order of names; `names` undefined: all. */
export async function readNodes(db: Queryable, names?: readonly string[]): Promise<NodeRow[]> {
  const rows = await db.query<
    Omit<NodeRow, 'sequence' | 'holding'> & { sequence: string | null; holding: string | null }
  >(
    `SELECT coalesce(n.name, c.name) AS name, joined_at AS "joinedAt", seen_at AS "seenAt", reported_at AS "reportedAt",
       coalesce(state, 'Pending') AS state, backend, revision, sequence,
       (SELECT max(h.sequence) FROM holding h WHERE h.node = n.name) AS holding,
       coalesce(conditions, '[]') AS conditions,
       n.name IS NOT NULL AND n.credential_hash IS NULL AS "byPod",
       EXISTS (SELECT FROM cluster_node) AS "nodesKnown",
       CASE WHEN c.name IS NOT NULL THEN jsonb_build_object('ready', c.ready, 'reason', c.reason, 'message', c.message,
         'readySince', c.ready_since, 'addresses', c.addresses, 'since', c.since) END AS object,
       coalesce((SELECT jsonb_agg(jsonb_build_object('name', p.name, 'since', p.since, 'seenAt', p.seen_at) ORDER BY p.since)
         FROM agent_pod p WHERE p.node = n.name AND p.seen_at > now() - interval '10 minutes'), '[]') AS pods
     ${FROM_NODES} AND ($1::text[] IS NULL OR coalesce(n.name, c.name) = ANY($1))
     ORDER BY 1`,
    [names ?? null],
    'read-nodes',
  );
  return rows.map((row) => ({ ...row, sequence: numeric(row.sequence), holding: numeric(row.holding) }));
}

/** Nodes that count and stand alike; with thousands of them there are a few such groups. */
export interface NodeGroup {
  readonly nodes: number;
  readonly hasAgent: boolean;
  /** nothing was heard since that time: no report, or without one nobody joined, or no Node was seen */
  readonly silent: boolean;
  /** as the agent said it */
  readonly state: string;
  /** it said so of this revision */
  readonly current: boolean;
  /** the highest sequence it ever held */
  readonly holding: number | null;
}

export async function groupNodes(db: Queryable, revision: string, heardAfter: Date): Promise<NodeGroup[]> {
  const rows = await db.query<Omit<NodeGroup, 'holding'> & { holding: string | null }>(
    `SELECT count(*)::int AS nodes, n.name IS NOT NULL AS "hasAgent",
       coalesce(n.reported_at, n.joined_at, c.since) < $2 AS silent, coalesce(n.state, 'Pending') AS state,
       coalesce(n.revision = $1, false) AS current,
       (SELECT max(h.sequence) FROM holding h WHERE h.node = n.name) AS holding
     ${FROM_COUNTED} GROUP BY 2, 3, 4, 5, 6`,
    [revision, heardAfter],
    'group-nodes',
  );
  return rows.map((row) => ({ ...row, holding: numeric(row.holding) }));
}

/** What these nodes reported of themselves; null: nothing. One may be megabytes: lists of nodes do without. */
export async function readNodeFacts(db: Queryable, names: readonly string[]): Promise<Map<string, NodeFacts | null>> {
  const rows = await db.query<{ name: string; facts: NodeFacts | null }>(
    'SELECT name, facts FROM node WHERE name = ANY($1)',
    [names],
  );
  return new Map(rows.map(({ name, facts }) => [name, facts]));
}

/** Of nodes with an agent and of the cluster's. */
export async function readNodeNames(db: Queryable): Promise<string[]> {
  return (await db.query<{ name: string }>(`${ALL_NODES} ORDER BY name`)).map(({ name }) => name);
}

export async function readReport(db: Queryable, node: string): Promise<{ at: Date; body: Report } | null> {
  const [row] = await db.query<{ at: Date; body: Report }>('SELECT at, body FROM report WHERE node = $1', [node]);
  return row ?? null;
}

/** Reports that are not the ones already known (`node` -> `version`), and the names of all nodes that have one. */
export async function readNewReports(
  db: Queryable,
  known: ReadonlyMap<string, string>,
): Promise<{ node: string; version: string; at: Date; body: Report | null }[]> {
  return db.query(
    `SELECT r.node, r.at::text AS version, r.at, CASE WHEN k.version = r.at::text THEN NULL ELSE r.body END AS body
     FROM report r LEFT JOIN unnest($1::text[], $2::text[]) AS k(node, version) ON k.node = r.node ORDER BY r.node`,
    [[...known.keys()], [...known.values()]],
    'read-new-reports',
  );
}

/**
 * When each node that counts first held a change; null: not yet. In the order of names. Of changes that are not among the last `kept`
 * the times are gone: only nodes that do not hold them yet are in the answer.
 */
export async function readHoldingTimes(
  db: Queryable,
  sequence: number,
  kept: number,
): Promise<{ node: string; at: Date | null }[]> {
  return db.query(
    `SELECT n.name AS node, first.at
     FROM desired d, (${COUNTED_NODES}) n LEFT JOIN LATERAL (
       SELECT h.at FROM holding h WHERE h.node = n.name AND h.sequence >= $1 ORDER BY h.sequence LIMIT 1
     ) first ON true
     WHERE $1 > d.sequence - $2::bigint OR first.at IS NULL
     ORDER BY n.name`,
    [sequence, kept],
  );
}

/** The highest sequence that each node that counts ever held. */
export async function readHoldings(db: Queryable): Promise<{ node: string; sequence: number | null }[]> {
  const rows = await db.query<{ node: string; sequence: string | null }>(
    `SELECT n.name AS node, (SELECT max(h.sequence) FROM holding h WHERE h.node = n.name) AS sequence
     FROM (${COUNTED_NODES}) n`,
  );
  return rows.map((row) => ({ node: row.node, sequence: numeric(row.sequence) }));
}

const numeric = (text: string | null): number | null => (text === null ? null : Number(text));
