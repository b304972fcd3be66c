/** The node, report, holding and sample tables, read side. */
import type { NodeFacts } from '../../core/nat/node-facts.ts';
import type { Condition, Report } from '../../core/wire/report.ts';
import type { Queryable } from './client.ts';

export interface NodeRow {
  readonly name: string;
  readonly joinedAt: Date;
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
  readonly facts: NodeFacts | null;
}

/** In the order of names; `names` undefined: all. */
export async function readNodes(db: Queryable, names?: readonly string[]): Promise<NodeRow[]> {
  const rows = await db.query<
    Omit<NodeRow, 'sequence' | 'holding'> & { sequence: string | null; holding: string | null }
  >(
    `SELECT name, joined_at AS "joinedAt", seen_at AS "seenAt", reported_at AS "reportedAt", state, backend, revision,
       sequence, (SELECT max(h.sequence) FROM holding h WHERE h.node = node.name) AS holding, conditions, facts
     FROM node WHERE $1::text[] IS NULL OR name = ANY($1) ORDER BY name`,
    [names ?? null],
  );
  return rows.map((row) => ({ ...row, sequence: numeric(row.sequence), holding: numeric(row.holding) }));
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
  );
}

/**
 * When each node first held a change; null: not yet. In the order of names. Of changes that are not among the last `kept`
 * the times are gone: only nodes that do not hold them yet are in the answer.
 */
export async function readHoldingTimes(
  db: Queryable,
  sequence: number,
  kept: number,
): Promise<{ node: string; at: Date | null }[]> {
  return db.query(
    `SELECT n.name AS node, first.at
     FROM desired d, node n LEFT JOIN LATERAL (
       SELECT h.at FROM holding h WHERE h.node = n.name AND h.sequence >= $1 ORDER BY h.sequence LIMIT 1
     ) first ON true
     WHERE $1 > d.sequence - $2::bigint OR first.at IS NULL
     ORDER BY n.name`,
    [sequence, kept],
  );
}

/** The highest sequence that each node ever held. */
export async function readHoldings(db: Queryable): Promise<{ node: string; sequence: number | null }[]> {
  const rows = await db.query<{ node: string; sequence: string | null }>(
    `SELECT n.name AS node, (SELECT max(h.sequence) FROM holding h WHERE h.node = n.name) AS sequence FROM node n`,
  );
  return rows.map((row) => ({ node: row.node, sequence: numeric(row.sequence) }));
}

const numeric = (text: string | null): number | null => (text === null ? null : Number(text));
