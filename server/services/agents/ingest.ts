/** A node's report becomes rows: how it is, what its kernel holds, since when it holds a change, what it NATed so far. */

import type { NodeFacts } from '../../../core/nat/node-facts.ts';
import { setName } from '../../../core/rules/model.ts';
import { FIRST_LIVE } from '../../../core/wire/change-number.ts';
import type { Report } from '../../../core/wire/report.ts';
import type { Database, Queryable } from '../../db/client.ts';
import { notify } from '../notify.ts';
import { type DatedCondition, dateConditions } from './date-conditions.ts';
import { hostsOf, moveHosts } from './hosts.ts';

/** False when the node was forgotten meanwhile. */
export function ingestReport(db: Database, report: Report): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [before] = await tx.query<{ facts: NodeFacts | null; conditions: DatedCondition[]; now: Date }>(
      'SELECT facts, conditions, now() FROM node WHERE name = $1 FOR UPDATE',
      [report.node],
      'lock-node',
    );
    if (before === undefined) return false;
    const conditions = dateConditions(report.conditions, before.conditions, before.now);
    await writeReport(tx, report, conditions);
    await writeHolding(tx, report);
    await writeSample(tx, report);
    await moveHosts(tx, hostsOf(before.facts), hostsOf(report.facts));
    await notify(tx, { kind: 'node', node: report.node });
    return true;
  });
}

/** History knows of so many of the last changes when each node had them. */
export const HOLDINGS_KEPT = 5_000;

/** Rows of older changes, a bounded number at a time; the newest of each node stays: it says what the node holds. */
export async function pruneHoldings(db: Database): Promise<void> {
  await db.query(
    `DELETE FROM holding WHERE ctid = ANY (ARRAY(
       SELECT old.ctid FROM node n, LATERAL (
         SELECT h.ctid FROM holding h
         WHERE h.node = n.name AND h.sequence <= $1::bigint * -1 + CASE WHEN h.sequence >= $2::bigint
             THEN (SELECT sequence FROM live WHERE id = 1) ELSE (SELECT sequence FROM desired WHERE id = 1) END
           AND h.sequence < (SELECT max(newest.sequence) FROM holding newest WHERE newest.node = n.name)
         LIMIT 1000
       ) old))`,
    [HOLDINGS_KEPT, FIRST_LIVE],
  );
}

/** Nodes follow the cluster's numbers, or ours: what they held of the other ones says nothing any more. */
export async function dropOtherHoldings(db: Database, inCluster: boolean): Promise<void> {
  await db.query('DELETE FROM holding WHERE (sequence >= $1::bigint) <> $2', [FIRST_LIVE, inCluster]);
}

/** Samples older than a day, a bounded number at a time. */
export async function pruneSamples(db: Database): Promise<void> {
  await db.query(
    `DELETE FROM sample WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM sample WHERE at < now() - interval '1 day' LIMIT 20000))`,
  );
}

async function writeReport(tx: Queryable, report: Report, conditions: readonly DatedCondition[]): Promise<void> {
  const body: Report = { ...report, conditions: conditions.map(({ said: _, ...shown }) => shown) };
  await tx.query(
    `WITH moved AS (
       UPDATE node SET seen_at = now(), reported_at = now(), state = $2, backend = $3, revision = $4, sequence = $5,
         conditions = $6::jsonb, facts = $7::jsonb
       WHERE name = $1
     )
     INSERT INTO report (node, at, body) VALUES ($1, now(), $8::jsonb)
     ON CONFLICT (node) DO UPDATE SET at = excluded.at, body = excluded.body`,
    [
      report.node,
      report.state,
      report.backend,
      report.revision,
      report.sequence,
      JSON.stringify(conditions),
      report.facts === null ? null : JSON.stringify(report.facts),
      JSON.stringify(body),
    ],
    'write-report',
  );
}

/**
 * Only a sequence that exists, with the revision it led to: a node cannot claim a change that is not there yet. One that
 * came back with an older state held the newer one before: the times of a node's rows follow their sequences.
 */
async function writeHolding(tx: Queryable, report: Report): Promise<void> {
  if (report.sequence === null || report.state !== 'Programmed') return;
  await tx.query(
    `INSERT INTO holding (node, sequence, at)
     SELECT $1::varchar, sequence, now()
     FROM (SELECT sequence, revision FROM change UNION ALL SELECT sequence, revision FROM live_change) AS log
     WHERE sequence = $2 AND revision = $3
       AND NOT EXISTS (SELECT 1 FROM holding h WHERE h.node = $1::varchar AND h.sequence > $2)
     ON CONFLICT DO NOTHING`,
    [report.node, report.sequence, report.revision],
    'write-holding',
  );
}

/** At most one in ten seconds: reports come faster after changes, and the chart needs no more. */
async function writeSample(tx: Queryable, report: Report): Promise<void> {
  await tx.query(
    `INSERT INTO sample (node, at, natted_v4, natted_v6)
     SELECT $1::varchar, now(), $2::bigint, $3::bigint
     WHERE NOT EXISTS (SELECT 1 FROM sample WHERE node = $1::varchar AND at > now() - interval '9.5 seconds')
     ON CONFLICT DO NOTHING`,
    [report.node, String(natted(report, 4)), String(natted(report, 6))],
    'write-sample',
  );
}

/** The source set counts exactly the new connections NATed, pool by pool (the negated matches stand before it). */
function natted(report: Report, family: 4 | 6): bigint {
  const set = report.families[family].sets.find((one) => one.name === setName('src', family));
  const sum = (set?.members ?? []).reduce((total, member) => total + BigInt(member.packets), 0n);
  return sum > MOST ? MOST : sum;
}

/** A counter of PostgreSQL ends here. */
const MOST = 2n ** 63n - 1n;
