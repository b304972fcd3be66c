/**
 * `/agent/v1`: a node joins, follows the effective state and reports its own kernel; nothing else. What an agent signs in by
 * is no session: procedures do not know it, and no cookie is looked at here.
 */
import type { z } from 'zod';
import { joinRequestSchema } from '../../core/wire/join.ts';
import type { ErrorReason } from '../../core/wire/reasons.ts';
import { reportSchema } from '../../core/wire/report.ts';
import type { Database } from '../db/client.ts';
import type { Hub } from '../events/hub.ts';
import type { Request, Room } from '../http/edge.ts';
import type { Log } from '../http/log.ts';
import { readPackedBody } from '../http/packed-body.ts';
import { problem, sendJson, sendProblem, sendTooMany } from '../http/problem.ts';
import { makePlaces, makeQuota, type Places, type Quota } from '../http/quota.ts';
import { joinNode, markSeen, nodeNameSchema } from '../services/agents/credential.ts';
import { ingestReport } from '../services/agents/ingest.ts';
import { AppError } from '../services/app-error.ts';
import { unstorable } from '../services/text.ts';
import type { AccountTokens } from './account-tokens.ts';
import type { Feed } from './feed.ts';
import { credentialOf, refuse, signIn } from './sign-in.ts';
import { openStream } from './stream.ts';

export interface AgentRoomOptions {
  readonly db: Database;
  readonly hub: Hub;
  readonly feed: Feed;
  readonly log: Log;
  /** of the cluster's account for agents; null: there is none, nodes join */
  readonly tokens: AccountTokens | null;
}

const JOIN_LIMIT = 4 * 1024;
/** a minute from one address: a rack behind one address joins, somebody who floods does not */
const MOST_JOINS = 300;
const REPORT_LIMIT = 16 * 1024 * 1024;
/** of one node at a time: an agent sends one after the other, and each may take a hundred megabytes to read */
const MOST_REPORTS = 2;

export interface AgentRoom extends Room {
  readonly streams: () => number;
}

export function agentRoom(options: AgentRoomOptions): AgentRoom {
  /** the newest stream of a node is the one: an agent that came back does not wait for its older connection to time out */
  const streams = new Map<string, (reason: string) => void>();
  const reports = makePlaces(MOST_REPORTS);
  const joins = makeQuota(MOST_JOINS, 60, () => performance.now());
  const doors: Readonly<Record<string, { method: string; handle: (edge: Request) => Promise<void> }>> = {
    '/agent/v1/join': { method: 'POST', handle: (edge) => join(edge, options, joins) },
    '/agent/v1/report': { method: 'POST', handle: (edge) => report(edge, options, reports) },
    '/agent/v1/stream': { method: 'GET', handle: (edge) => stream(edge, options, streams) },
  };
  return {
    path: '/agent/',
    streams: () => streams.size,
    handle: async (edge) => {
      const door = doors[edge.path];
      if (door === undefined)
        return sendProblem(edge.res, edge.path, problem('notFound', `there is nothing at ${edge.path}`));
      if (edge.req.method === door.method) return door.handle(edge);
      sendProblem(
        edge.res,
        edge.path,
        problem('methodNotAllowed', `the method of ${edge.path} must be ${door.method}`),
      );
    },
  };
}

async function join(edge: Request, { db, log, tokens }: AgentRoomOptions, joins: Quota): Promise<void> {
  const wait = joins.take(edge.client);
  if (wait !== null)
    return sendTooMany(edge.res, edge.path, wait, `an address may ask to join ${MOST_JOINS} times a minute`);
  const input = await readJson(edge, joinSchema, JOIN_LIMIT);
  if (input === null) return;
  const { node } = input;
  const refused = (reason: ErrorReason): void =>
    log.warn({ requestId: edge.id, access: 'node.join.refused', node, reason }, 'access');
  try {
    const joined = await joinNode(db, { ...input, held: credentialOf(edge), pods: tokens !== null });
    if (joined === null) {
      refused('AGENT_REFUSED');
      const message = 'the join token must be one that an admin made, not revoked and not expired';
      return sendProblem(edge.res, edge.path, problem('agentUnauthorized', message));
    }
    log.info({ requestId: edge.id, access: 'node.join', node, again: joined.again }, 'access');
    sendJson(edge.res, 200, { node, credential: joined.credential });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    refused(error.reason);
    if (error.reason === 'AGENT_REFUSED')
      return sendProblem(edge.res, edge.path, problem('agentForbidden', error.message));
    if (error.reason !== 'NODE_NAME_TAKEN') throw error;
    edge.res.setHeader('retry-after', String(error.details.retryAfter));
    sendProblem(edge.res, edge.path, problem('nameTaken', error.message));
  }
}

async function report(edge: Request, options: AgentRoomOptions, reports: Places): Promise<void> {
  const agent = await signIn(edge, options);
  if (agent === null) return;
  const { node } = agent;
  const { db } = options;
  const end = reports.take(node);
  if (end === null) {
    return sendTooMany(edge.res, edge.path, 1, `a node may send ${MOST_REPORTS} reports at a time`);
  }
  edge.res.once('close', end);
  if (edge.res.destroyed) return end();
  const input = await readJson(edge, reportSchema, REPORT_LIMIT);
  // an agent whose report cannot be read is there all the same, and its name is its own
  if (input === null) return markSeen(db, node);
  if (input.node !== node) {
    const message = `the report must be about ${node}, whose agent this is, not about ${JSON.stringify(input.node.slice(0, 253))}`;
    return sendProblem(edge.res, edge.path, problem('agentForbidden', message));
  }
  if (await ingestReport(db, input)) return sendJson(edge.res, 200, { node });
  refuse(edge);
}

async function stream(
  edge: Request,
  options: AgentRoomOptions,
  streams: Map<string, (reason: string) => void>,
): Promise<void> {
  const agent = await signIn(edge, options);
  if (agent === null) return;
  const { node, expires, refusal } = agent;
  const { db, hub, feed, log } = options;
  const sequence = sequenceOf(edge.req.url);
  if (sequence === 'unreadable') {
    return sendProblem(edge.res, edge.path, problem('badRequest', 'sequence must be a whole number, 0 or above'));
  }
  await markSeen(db, node);
  if (hub.closing()) return sendProblem(edge.res, edge.path, problem('notReady', 'the server stops'));
  if (edge.res.destroyed) return;
  streams.get(node)?.('a newer stream of the node');
  const end = openStream({
    res: edge.res,
    node,
    sequence,
    feed,
    hub,
    expires,
    refusal,
    onEnd: (reason) => {
      if (streams.get(node) === end) streams.delete(node);
      log.info({ requestId: edge.id, node, reason }, 'agent stream ended');
    },
    onTrouble: (error) => log.warn({ requestId: edge.id, node, error }, 'agent stream waits for the database'),
  });
  streams.set(node, end);
}

function sequenceOf(url: string | undefined): number | null | 'unreadable' {
  const text = new URL(url ?? '', 'http://outgate.invalid').searchParams.get('sequence');
  if (text === null || text === '') return null;
  return /^\d{1,15}$/.test(text) ? Number(text) : 'unreadable';
}

const joinSchema = joinRequestSchema.extend({ node: nodeNameSchema });

/** Null when the body is not what it must be, and that was answered with every field and reason. */
async function readJson<T>({ req, res, path }: Request, schema: z.ZodType<T>, limit: number): Promise<T | null> {
  const refuseBody = (message: string, kind: 'badRequest' | 'tooLarge' | 'unsupported' = 'badRequest'): null => {
    sendProblem(res, path, problem(kind, message));
    return null;
  };
  const body = await readPackedBody(req, limit);
  if (!body.ok && body.reason === 'NOT_GZIP') return refuseBody('the body must be gzip, as its content-encoding says');
  if (!body.ok && body.reason === 'UNKNOWN_ENCODING')
    return refuseBody('content-encoding must be gzip or absent', 'unsupported');
  if (!body.ok) return refuseBody(`the body must be complete and at most ${limit} bytes, also unpacked`, 'tooLarge');
  let value: unknown;
  try {
    value = JSON.parse(body.text);
  } catch {
    return refuseBody('the body must be JSON');
  }
  const refused = isPlain(body.text) ? [] : unstorable(value);
  const parsed = refused.length > 0 ? null : schema.safeParse(value);
  if (parsed?.success) return parsed.data;
  const issues =
    parsed?.error.issues.map((issue) => ({ field: issue.path.join('.') || 'body', message: issue.message })) ?? refused;
  return refuseBody(
    issues
      .slice(0, 20)
      .map(({ field, message }) => `${field}: ${message}`)
      .join('; '),
  );
}

/**
 * JSON without these holds nothing unstorable (a NUL or half of a surrogate pair must be escaped in it): a look at the text
 * takes a millisecond where a walk over a report of 100,000 ranges takes a tenth of a second. The schema drops what is deep.
 */
const isPlain = (json: string): boolean => !json.includes('\\u') && !json.includes('__proto__');
