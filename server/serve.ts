/**
 * One server process. It listens at once and says on `/readyz` what it waits for; a database that is away at the start is
 * waited for. Everything it holds is in the database: any number of servers can work on the same one.
 */
import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { compose } from './compose.ts';
import { type Database, openDatabase } from './db/client.ts';
import { migrate } from './db/migrate.ts';
import type { Environment } from './env.ts';
import { makeHub } from './events/hub.ts';
import { drain } from './http/drain.ts';
import { createEdge, type Room } from './http/edge.ts';
import { healthRooms, type Readiness } from './http/health.ts';
import { type Listen, listening } from './http/listen.ts';
import type { Log } from './http/log.ts';
import { makeMetrics } from './http/metrics.ts';
import { allowedOrigins, reachableHost } from './http/origin.ts';
import { pagesRoom } from './http/pages.ts';
import { problem, sendProblem } from './http/problem.ts';

export interface ServeOptions {
  readonly env: Environment;
  /** as the owner: migrations run with it */
  readonly databaseUrl: string;
  /** as the application */
  readonly applicationUrl: string;
  /** where app/ and .next/ are; null: without pages */
  readonly root: string | null;
  readonly version: string;
  readonly log: Log;
}

export interface Serving {
  /** where it can be reached on this machine, as an origin */
  readonly address: string;
  /** where users reach it */
  readonly url: string;
  /** where `/metrics` is when it has a door of its own */
  readonly metricsAddress: string | null;
  /** resolves when everything answers: the setup link, while there is no account */
  readonly ready: Promise<{ setupLink: string | null }>;
  /** answers what is being answered, ends streams, and lets go of the database */
  readonly stop: () => Promise<void>;
}

const RETRY_MS = 1_000;
const GRACE_MS = 4_000;

/** Throws when an address cannot be bound. */
export async function serve({ env, databaseUrl, applicationUrl, root, version, log }: ServeOptions): Promise<Serving> {
  const hub = makeHub();
  const metrics = makeMetrics();
  const db = openDatabase({ url: applicationUrl, onError: (error) => log.warn({ error }, 'database connection lost') });
  const waiting: Record<'migrations' | 'events' | 'pages', string | null> = {
    migrations: 'not applied yet',
    events: 'not listening yet',
    pages: 'not prepared yet',
  };
  const health = healthRooms(() => readiness(db, waiting, hub.closing()));
  const rooms: Room[] = [...health, starting];
  const origins = new Set<string>();
  const secure = env.url?.startsWith('https:') ?? false;
  const edge = { log, origins, secure, dev: env.dev, trustedProxies: env.trustedProxies, onAnswer: metrics.answered };
  const server = createEdge({ ...edge, rooms });
  const listen = await bind('OUTGATE_LISTEN', server, env.listen);
  for (const origin of allowedOrigins(env.url, listen)) origins.add(origin);
  const address = originOf(listen);
  const url = env.url ?? address;
  // figures are told to whoever asks: where the other door is open to all, this one need not be
  const figures: Room[] = [starting];
  const figuresDoor = createEdge({ ...edge, rooms: figures });
  const figuresListen =
    env.metricsListen === null ? null : await bind('OUTGATE_METRICS_LISTEN', figuresDoor, env.metricsListen);
  const closers: (() => Promise<void>)[] = [() => db.close()];

  const start = async (): Promise<{ setupLink: string | null }> => {
    await untilMigrated(databaseUrl, hub.closing, log);
    waiting.migrations = null;
    const onListening = (up: boolean): void => {
      waiting.events = up ? null : 'not listening';
    };
    const composed = await compose({ env, version, log, db, hub, metrics, url, origins, onListening });
    closers.unshift(composed.close);
    figures.splice(0, 1, composed.metrics);
    rooms.splice(0, rooms.length, ...health, ...composed.rooms, ...(figuresListen === null ? figures : []), starting);
    const pages = root === null ? null : await pagesRoom(root, env.dev, server);
    if (pages !== null) closers.unshift(pages.close);
    rooms.splice(rooms.length - 1, 1, ...(pages === null ? [] : [pages]));
    waiting.pages = null;
    return { setupLink: composed.setupLink };
  };

  return {
    address,
    url,
    metricsAddress: figuresListen === null ? null : originOf(figuresListen),
    ready: start(),
    stop: async () => {
      figuresDoor.close();
      figuresDoor.closeAllConnections();
      await drain(server, () => hub.publish({ kind: 'closing' }), GRACE_MS);
      for (const close of closers) await close();
    },
  };
}

/** Rejects with the variable that names the address. */
const bind = (variable: string, door: Server, listen: Listen): Promise<Listen> =>
  listening(door, listen).catch((error: Error) => {
    throw new Error(`${variable} must be an address of this machine with a free port: ${error.message}`);
  });

const originOf = ({ host, port }: Listen): string => `http://${reachableHost(host)}:${port}`;

/** Answers what has no room yet. */
const starting: Room = {
  path: '/',
  handle: ({ res, path }) => sendProblem(res, path, problem('notReady', 'the server starts: ask again in a moment')),
};

async function untilMigrated(url: string, stopping: () => boolean, log: Log): Promise<void> {
  for (;;) {
    try {
      await migrate(url);
      return;
    } catch (error) {
      if (!isAway(error) || stopping()) throw error;
      log.warn({ error }, 'waiting for the database');
      await delay(RETRY_MS);
    }
  }
}

/** Not reached, starting or stopping: worth another try. Anything else stays wrong. */
function isAway(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return (
    /^(ECONN|ENOENT|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|57P0|08)/.test(code) || /terminated|timeout/.test(String(error))
  );
}

async function readiness(db: Database, waiting: Readiness, stopping: boolean): Promise<Readiness> {
  const database = await db.query('SELECT 1').then(
    () => null,
    () => 'does not answer',
  );
  return { database, ...waiting, ...(stopping ? { server: 'stops' } : {}) };
}
