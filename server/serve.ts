/**
 * One server process, put together. It listens at once and says on `/readyz` what it waits for; a database that is away at
 * the start is waited for. Everything it holds is in the database: any number of servers can work on the same one.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFeed } from './agents/feed.ts';
import { agentRoom } from './agents/room.ts';
import { makeAuth } from './auth/auth.ts';
import { authRoom } from './auth/room.ts';
import { type Database, openDatabase } from './db/client.ts';
import { migrate } from './db/migrate.ts';
import type { Environment } from './env.ts';
import { makeHub } from './events/hub.ts';
import { startListener } from './events/listener.ts';
import { startHousekeeping } from './housekeeping.ts';
import { drain } from './http/drain.ts';
import { createEdge, type Room } from './http/edge.ts';
import { gauges } from './http/gauges.ts';
import { healthRooms, type Readiness } from './http/health.ts';
import type { Log } from './http/log.ts';
import { makeMetrics, metricsRoom } from './http/metrics.ts';
import { allowedOrigins } from './http/origin.ts';
import { pagesRoom } from './http/pages.ts';
import { problem, sendProblem } from './http/problem.ts';
import { proceduresRoom } from './http/procedures.ts';
import { ensureBootstrapToken } from './services/access/join-tokens.ts';
import { createFirstAdmin, openSetup } from './services/access/setup.ts';
import { sharedSecret } from './services/access/shared-secret.ts';
import type { Deps } from './services/deps.ts';
import { openLab } from './services/lab/lab.ts';
import { makeCounters } from './state/counters.ts';
import { openStateCache } from './state/state-cache.ts';

export interface ServeOptions {
  readonly env: Environment;
  readonly databaseUrl: string;
  /** where app/ and .next/ are */
  readonly root: string;
  readonly version: string;
  readonly log: Log;
}

export interface Serving {
  /** the address that was bound, as an origin */
  readonly address: string;
  readonly url: string;
  /** resolves when everything answers: the setup link, while there is no account */
  readonly ready: Promise<{ setupLink: string | null }>;
  /** answers what is being answered, ends streams, and lets go of the database */
  readonly stop: () => Promise<void>;
}

const RETRY_MS = 1_000;
const GRACE_MS = 4_000;

/** Throws when the address cannot be bound. */
export async function serve({ env, databaseUrl, root, version, log }: ServeOptions): Promise<Serving> {
  const waiting: Record<string, string | null> = { database: 'not reached yet', migrations: 'not applied yet' };
  const hub = makeHub();
  const metrics = makeMetrics();
  const db = openDatabase({ url: databaseUrl, onError: (error) => log.warn({ error }, 'database connection lost') });
  const rooms: Room[] = [];
  const origins = new Set<string>();
  const server = createEdge({
    log,
    origins,
    secure: env.url?.startsWith('https:') ?? false,
    dev: env.dev,
    rooms,
    onAnswer: metrics.answered,
  });
  rooms.push(...healthRooms(() => readiness(db, waiting, hub.closing())), {
    path: '/',
    handle: ({ res, path }) => sendProblem(res, path, problem('notReady', 'the server starts')),
  });
  const listen = await listening(server, env.listen);
  for (const origin of allowedOrigins(env.url, listen)) origins.add(origin);
  const address = `http://${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${listen.port}`;
  const url = env.url ?? address;
  const closers: (() => Promise<void> | void)[] = [() => db.close()];

  const start = async (): Promise<{ setupLink: string | null }> => {
    await untilMigrated(databaseUrl, waiting, hub.closing, log);
    const deps: Deps = {
      db,
      state: await openStateCache({
        db,
        onMismatch: (sequence) => log.warn({ sequence }, 'the state was loaded anew'),
      }),
      counters: makeCounters(db),
      now: () => new Date(),
      hub,
      lab: env.labSocket === null ? null : openLab(env.labSocket),
      version,
    };
    const auth = makeAuth({ db, secret: await sharedSecret(db), url, origins });
    if (env.bootstrapJoinToken !== null) await ensureBootstrapToken(db, env.bootstrapJoinToken);
    const setupLink = await firstAccount(db, env, url, log);
    waiting['events'] = 'not listening yet';
    const listener = startListener({
      connectionString: databaseUrl,
      onNotice: hub.publish,
      onConnected: () => {
        waiting['events'] = null;
        hub.publish({ kind: 'resync' });
      },
      onLost: (reason) => {
        waiting['events'] = 'not listening';
        log.warn({ reason }, 'listener lost its connection');
      },
    });
    closers.unshift(
      listener.close,
      startHousekeeping(db, (error) => log.warn({ error }, 'housekeeping failed')),
    );
    const agents = agentRoom({ db, hub, feed: makeFeed(deps.state), log });
    const own = [
      proceduresRoom(deps, auth, log),
      authRoom({ auth, db, url, log }),
      agents,
      metricsRoom(metrics, () => gauges(deps, agents.streams)),
    ];
    rooms.splice(rooms.length - 1, 0, ...own);
    if (await hasPages(root, env.dev)) {
      const pages = await pagesRoom(root, env.dev, server);
      rooms.splice(rooms.length - 1, 1, pages);
      closers.unshift(pages.close);
    } else {
      rooms.pop();
    }
    return { setupLink };
  };

  return {
    address,
    url,
    ready: start(),
    stop: async () => {
      await drain(server, () => hub.publish({ kind: 'closing' }), GRACE_MS);
      for (const close of closers) await close();
    },
  };
}

/** Resolves with the address that was really bound: port 0 asks for any. */
function listening(
  server: ReturnType<typeof createEdge>,
  { host, port }: Environment['listen'],
): Promise<Environment['listen']> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const bound = server.address();
      resolve({ host, port: bound !== null && typeof bound === 'object' ? bound.port : port });
    });
  });
}

async function untilMigrated(
  url: string,
  waiting: Record<string, string | null>,
  stopping: () => boolean,
  log: Log,
): Promise<void> {
  for (;;) {
    try {
      await migrate(url);
      waiting['migrations'] = null;
      return;
    } catch (error) {
      if (!isAway(error) || stopping()) throw error;
      log.warn({ error }, 'waiting for the database');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
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

async function readiness(db: Database, waiting: Readonly<Readiness>, stopping: boolean): Promise<Readiness> {
  const database = await db.query('SELECT 1').then(
    () => null,
    () => 'does not answer',
  );
  return { ...waiting, database, ...(stopping ? { server: 'stops' } : {}) };
}

/** The first account by environment, else the link for one. */
async function firstAccount(db: Database, env: Environment, url: string, log: Log): Promise<string | null> {
  if (env.admin !== null) {
    const created = await createFirstAdmin(db, { ...env.admin, name: 'Admin' });
    if (created !== null) log.info({ access: 'setup.environment', target: created.email }, 'access');
    return null;
  }
  const token = await openSetup(db);
  return token === null ? null : `${url}/setup?token=${token}`;
}

async function hasPages(root: string, dev: boolean): Promise<boolean> {
  return access(join(root, dev ? 'app' : '.next/BUILD_ID')).then(
    () => true,
    () => false,
  );
}
