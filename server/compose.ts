/** What stands behind the door once the database is there: services, sessions, streams and their rooms. */

import { accountTokens } from './agents/account-tokens.ts';
import { makeFeed } from './agents/feed.ts';
import { agentRoom } from './agents/room.ts';
import { makeAuth } from './auth/auth.ts';
import { makeIdentify } from './auth/identify.ts';
import { authRoom } from './auth/room.ts';
import { openCluster } from './cluster.ts';
import type { Database } from './db/client.ts';
import { dropClusterNodes } from './db/cluster-nodes.ts';
import type { Environment } from './env.ts';
import type { Hub } from './events/hub.ts';
import { startListener } from './events/listener.ts';
import { startHousekeeping } from './housekeeping.ts';
import type { Room } from './http/edge.ts';
import { gauges } from './http/gauges.ts';
import type { Log } from './http/log.ts';
import { type Metrics, metricsRoom } from './http/metrics.ts';
import { proceduresRoom } from './http/procedures.ts';
import { ensureBootstrapToken } from './services/access/join-tokens.ts';
import { createFirstAdmin, openSetup } from './services/access/setup.ts';
import { sharedSecret } from './services/access/shared-secret.ts';
import { dropOtherHoldings } from './services/agents/ingest.ts';
import type { Deps } from './services/deps.ts';
import { openLab } from './services/lab/lab.ts';
import { makeCounters } from './state/counters.ts';
import { liveLedger } from './state/ledger.ts';
import { openStateCache } from './state/state-cache.ts';

export interface Parts {
  readonly env: Environment;
  readonly version: string;
  readonly log: Log;
  readonly db: Database;
  readonly hub: Hub;
  readonly metrics: Metrics;
  /** the public origin */
  readonly url: string;
  readonly origins: ReadonlySet<string>;
  /** told whenever the listener is there or away */
  readonly onListening: (listening: boolean) => void;
}

export interface Composed {
  readonly rooms: readonly Room[];
  /** `/metrics`, which may have a door of its own */
  readonly metrics: Room;
  /** only while there is no account */
  readonly setupLink: string | null;
  readonly close: () => Promise<void>;
}

/** The database must be migrated. */
export async function compose(parts: Parts): Promise<Composed> {
  const { env, version, log, db, hub, metrics, url, origins } = parts;
  const onMismatch = (sequence: number): void => log.warn({ sequence }, 'the state was loaded anew');
  const state = await openStateCache({ db, onMismatch });
  const effective = env.cluster === null ? state : await openStateCache({ db, ledger: liveLedger, onMismatch });
  await dropOtherHoldings(db, env.cluster !== null);
  if (env.cluster === null) await dropClusterNodes(db);
  const cluster =
    env.cluster === null
      ? null
      : await openCluster({
          env: env.cluster,
          agentAccount: env.agentAccount,
          agents: env.agentPlacement,
          db,
          hub,
          log,
        });
  const deps: Deps = {
    db,
    state,
    effective,
    cluster,
    counters: makeCounters(db),
    now: () => new Date(),
    hub,
    lab: env.labSocket === null ? null : openLab(env.labSocket),
    version,
  };
  const auth = makeAuth({ db, secret: await sharedSecret(db), url, origins });
  if (env.bootstrapJoinToken !== null) await ensureBootstrapToken(db, env.bootstrapJoinToken);
  const setupLink = await firstAccount(parts);
  const listener = startListener({
    connectionString: db.url,
    onNotice: hub.publish,
    onConnected: () => {
      parts.onListening(true);
      hub.publish({ kind: 'resync' });
    },
    onLost: (reason) => {
      parts.onListening(false);
      log.warn({ reason }, 'listener lost its connection');
    },
  });
  const stopHousekeeping = startHousekeeping(db, (error) => log.warn({ error }, 'housekeeping failed'));
  const { agentAccount: account } = env;
  const tokens =
    cluster === null || account === null
      ? null
      : accountTokens({ review: cluster.reviewToken, account, now: Date.now });
  const agents = agentRoom({ db, hub, feed: makeFeed(deps.effective), log, tokens });
  return {
    rooms: [proceduresRoom(deps, makeIdentify({ auth, db, log }), log), authRoom({ auth, db, url, log }), agents],
    metrics: metricsRoom(metrics, () => gauges(deps, agents.streams)),
    setupLink,
    close: async () => {
      stopHousekeeping();
      await cluster?.close();
      await listener.close();
    },
  };
}

/** The first account by environment, else the link for one. */
async function firstAccount({ db, env, url, log }: Parts): Promise<string | null> {
  if (env.admin !== null) {
    const created = await createFirstAdmin(db, { ...env.admin, name: 'Admin' });
    if (created !== null) log.info({ access: 'setup.environment', target: created.email }, 'access');
    return null;
  }
  const token = await openSetup(db);
  return token === null ? null : `${url}/setup?token=${token}`;
}
