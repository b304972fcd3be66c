/** Nodes as the API shows them. */
import { z } from 'zod';
import { nodeFactsSchema } from '../../../core/nat/node-facts.ts';
import { nodeStates } from '../../../core/wire/reasons.ts';
import { conditionSchema, type Report } from '../../../core/wire/report.ts';
import { hostsMatter } from '../../../core/wire/revision.ts';
import { type NodeRow, readNodeFacts, readNodes, readReport } from '../../db/nodes.ts';
import { AppError } from '../app-error.ts';
import type { Deps } from '../deps.ts';
import { livingPods, nodeStateAt } from './node-state.ts';

export const nodeViewSchema = z.object({
  name: z.string(),
  state: z.enum(nodeStates),
  /** what it holds; null: nothing yet */
  revision: z.string().nullable(),
  sequence: z.int().nullable(),
  reportedAt: z.iso.datetime().nullable(),
  /** last heard of: a stream or a report */
  seenAt: z.iso.datetime().nullable(),
  /** null: it has no agent */
  joinedAt: z.iso.datetime().nullable(),
  backend: z.string().nullable(),
  conditions: z.array(conditionSchema),
  /** what the cluster says of it; null: nothing */
  object: z
    .object({
      ready: z.enum(['True', 'False', 'Unknown']),
      reason: z.string(),
      message: z.string(),
      since: z.iso.datetime().nullable(),
      addresses: z.array(z.string()),
    })
    .nullable(),
  /** how its agent signs in; null: it has none */
  signIn: z.enum(['join-token', 'service-account']).nullable(),
  /** the pods that sign in as its agent */
  pods: z.array(z.object({ name: z.string(), served: z.boolean(), heardAt: z.iso.datetime() })),
});
export type NodeView = z.infer<typeof nodeViewSchema>;

/** In the order of names; `revision` is the effective one. */
export async function listNodes(deps: Deps): Promise<{ nodes: NodeView[]; revision: string }> {
  const [rows, effective] = await Promise.all([readNodes(deps.db), deps.effective.ledger.head(deps.db)]);
  return { nodes: rows.map((row) => viewNode(row, effective.revision, deps.now())), revision: effective.revision };
}

export const nodeDetailSchema = nodeViewSchema.extend({
  facts: nodeFactsSchema.nullable(),
  /** the last report, whole; checked when it came in */
  report: z.custom<Report>().nullable(),
  /** the effective state, which the node is compared with; `hosts` is empty while no setting makes them matter */
  effective: z.object({ revision: z.string(), sequence: z.int(), hosts: z.array(z.string()) }),
});
export type NodeDetail = z.infer<typeof nodeDetailSchema>;

/** Throws NOT_FOUND. */
export async function getNode(deps: Deps, name: string): Promise<NodeDetail> {
  const [[row], facts, report, { revision, sequence, settings, hosts }] = await Promise.all([
    readNodes(deps.db, [name]),
    readNodeFacts(deps.db, [name]),
    readReport(deps.db, name),
    deps.effective.ledger.head(deps.db),
  ]);
  if (row === undefined) {
    const message = `there is no node '${name}'`;
    throw new AppError('NOT_FOUND', message, { issues: [{ field: 'name', message }] });
  }
  return {
    ...viewNode(row, revision, deps.now()),
    facts: facts.get(name) ?? null,
    report: report?.body ?? null,
    effective: { revision, sequence, hosts: hostsMatter(settings) ? [...hosts] : [] },
  };
}

function viewNode(row: NodeRow, revision: string, now: Date): NodeView {
  const { object } = row;
  const { serving, others } = livingPods(row.pods, now);
  return {
    name: row.name,
    ...nodeStateAt(row, revision, now),
    revision: row.revision,
    sequence: row.sequence,
    reportedAt: row.reportedAt?.toISOString() ?? null,
    seenAt: row.seenAt?.toISOString() ?? null,
    joinedAt: row.joinedAt?.toISOString() ?? null,
    backend: row.backend,
    object:
      object === null
        ? null
        : {
            ready: object.ready,
            reason: object.reason,
            message: object.message,
            since: object.readySince === null ? null : isoOf(object.readySince),
            addresses: [...object.addresses],
          },
    signIn: row.joinedAt === null ? null : row.byPod ? 'service-account' : 'join-token',
    pods: [...(serving === null ? [] : [serving]), ...others].map((pod) => ({
      name: pod.name,
      served: pod === serving,
      heardAt: isoOf(pod.seenAt),
    })),
  };
}

/** PostgreSQL writes times into JSON with its own offset. */
const isoOf = (text: string): string => new Date(text).toISOString();
