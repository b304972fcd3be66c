/** Terms of a controller on the API server that all files share: one leads at a time, and is gone after each test with what it made. */
import { afterAll, afterEach, beforeAll, expect, onTestFinished } from 'vitest';
import { EVERYWHERE } from '../../core/cluster/agent-placement.ts';
import { rememberedOf } from '../../core/cluster/come-back.ts';
import type { PoolSpec } from '../../core/pool/spec.ts';
import { type Leading, lead } from '../../server/controller/lead.ts';
import type { Database } from '../../server/db/client.ts';
import { beginTerm } from '../../server/db/live.ts';
import { readSync, type SyncRow } from '../../server/db/sync.ts';
import { type Hub, makeHub } from '../../server/events/hub.ts';
import { type Listener, startListener } from '../../server/events/listener.ts';
import { type Connection, openConnection } from '../../server/kube/connection.ts';
import { fromKubeconfig } from '../../server/kube/kubeconfig.ts';
import type { Deps } from '../../server/services/deps.ts';
import { liveLedger } from '../../server/state/ledger.ts';
import { openStateCache } from '../../server/state/state-cache.ts';
import { soon } from '../../server/testing/soon.ts';
import { type TestApi, testApi } from '../../server/testing/test-api.ts';
import { unheardDeps } from '../../server/testing/unheard-cluster.ts';
import { calicoPath } from './install-crds.ts';
import { must, request } from './request.ts';
import { sharedServer } from './shared-server.ts';

export const POOLS = calicoPath('v3', 'ippools');
export const nat = { cidr: '10.1.0.0/16', natOutgoing: true };

interface Running {
  api: TestApi;
  /** as a server in cluster mode has them; it asks nothing of the cluster itself */
  deps: Deps;
  connection: Connection;
  hub: Hub;
  leading: Leading | undefined;
}
interface Stored {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly managedFields: { readonly manager: string; readonly operation: string }[];
  };
  readonly spec: Record<string, unknown>;
}

/** the tests share a database, and each begins with another cluster as it were */
const nothingKnown = { lost: false, remembered: async () => rememberedOf([]) };

/** Call it once, at the top of the file; what it returns can be read inside tests. */
export function ledTerms() {
  const server = sharedServer();
  const running = {} as Running;
  const errors: unknown[] = [];
  let listener: Listener | undefined;

  const begin = async (as = running.connection, db: Database = running.api.database.db): Promise<Leading> => {
    const epoch = await beginTerm(db, 'test');
    running.leading = lead({
      agents: EVERYWHERE,
      db,
      hub: running.hub,
      connection: as,
      group: 'projectcalico.org/v3',
      epoch,
      lasting: { pools: nothingKnown, settings: nothingKnown },
      now: Date.now,
      onTermOver: () => errors.push('term over'),
      onError: (error) => errors.push(error),
    });
    return running.leading;
  };
  const end = async (): Promise<void> => {
    await running.leading?.stop();
    running.leading = undefined;
  };
  /** One leads, and the cluster has a pool `a` of ours as it is decided. */
  const made = async (spec: PoolSpec = nat): Promise<void> => {
    await begin();
    await running.api.caller('editor').pools.create({ name: 'a', spec });
    await stands('a', { state: 'Synced', reason: 'AsDesired' });
  };
  const stored = async (name: string): Promise<Stored | null> => {
    const { status, body } = await request(server.as('admin'), 'GET', `${POOLS}/${name}`);
    return status === 200 ? (body as Stored) : null;
  };
  const edit = (name: string, spec: object, manager = 'kubectl-edit') =>
    must(server.as('admin'), 'PATCH', `${POOLS}/${name}?fieldManager=${manager}`, { spec });
  const make = (name: string, spec: object, manager = 'kubectl-create') =>
    must(server.as('admin'), 'POST', `${POOLS}?fieldManager=${manager}`, {
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPPool',
      metadata: { name },
      spec,
    });
  /** By finalizers, until the test is over; none: it is let go. */
  const hold = async (name: string, finalizers: readonly string[]): Promise<void> => {
    const answer = await request(server.as('admin'), 'PATCH', `${POOLS}/${name}`, { metadata: { finalizers } });
    // it may be gone by then
    if (finalizers.length === 0) return;
    expect(answer.status).toBe(200);
    onTestFinished(() => hold(name, []));
  };
  const stand = async (name: string): Promise<SyncRow | undefined> =>
    (await readSync(running.api.database.db, [name]))[0];
  const stands = (name: string, expected: object) =>
    soon(async () => expect(await stand(name)).toMatchObject(expected));

  beforeAll(async () => {
    running.api = await testApi();
    const { db } = running.api.database;
    const effective = await openStateCache({ db, ledger: liveLedger });
    running.deps = { ...(await unheardDeps(running.api)), effective };
    const hub = makeHub();
    running.hub = hub;
    listener = startListener({
      connectionString: running.api.database.url,
      onNotice: hub.publish,
      onConnected: () => hub.publish({ kind: 'resync' }),
      onLost: (reason) => errors.push(reason),
    });
    running.connection = openConnection(fromKubeconfig(server.kubeconfig, 'outgate'));
  });
  afterEach(async () => {
    const admin = running.api.caller('admin');
    for (const { name, version } of (await admin.pools.list({})).pools) {
      await admin.pools.delete({ name, expectedVersion: version, reason: 'test is over' });
    }
    await end();
    await must(server.as('admin'), 'DELETE', POOLS);
    await running.api.database.db.query('DELETE FROM sync');
    expect(errors.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await listener?.close();
    await running.connection?.close();
    await running.api?.close();
  });
  return Object.assign(running, { server, errors, begin, end, made, stored, edit, make, hold, stand, stands });
}
