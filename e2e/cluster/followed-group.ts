/** A controller that leads from an API server of the file's own, whose types the tests take away and bring back. */
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { EVERYWHERE } from '../../core/cluster/agent-placement.ts';
import { type Controller, startController } from '../../server/controller/controller.ts';
import { readLivePools } from '../../server/db/live.ts';
import { readWatch } from '../../server/db/live-watch.ts';
import type { TestDatabase } from '../../server/db/testing.ts';
import { type Hub, makeHub } from '../../server/events/hub.ts';
import { type Connection, openConnection } from '../../server/kube/connection.ts';
import { fromKubeconfig } from '../../server/kube/kubeconfig.ts';
import { LEASE_NAME, policyRules } from '../../server/kube/needed-rights.ts';
import { soon } from '../../server/testing/soon.ts';
import { type TestApi, testApi } from '../../server/testing/test-api.ts';
import { ensureBinaries } from './binaries/build.ts';
import { CALICO_GROUP, type CalicoApi, calicoPath } from './install-crds.ts';
import { must } from './request.ts';
import { grant } from './rights.ts';
import { type ApiServer, startApiServer } from './start-api-server.ts';

interface Running {
  server: ApiServer;
  api: TestApi;
  database: TestDatabase;
  connection: Connection;
  /** the one that runs; a test may stop it, and put another in its place */
  controller: Controller;
}

export interface FollowedGroup extends Running {
  readonly hub: Hub;
  readonly errors: unknown[];
  start(identity: string): Controller;
  /** Until the leader says so of its watch. */
  told(expected: object): Promise<void>;
  /** names of the pools in the ledger */
  known(): Promise<string[]>;
  knows(names: readonly string[]): Promise<void>;
  make(api: CalicoApi, name: string, cidr: string): Promise<unknown>;
}

/** Call it once, at the top of the file; what it returns can be read inside tests. It begins without Calico's types. */
export function followedGroup(): FollowedGroup {
  const running = {} as Running;
  const hub = makeHub();
  const errors: unknown[] = [];
  const site = Object.assign(running, {
    hub,
    errors,
    start: (identity: string) =>
      startController({
        db: running.database.db,
        hub,
        connection: running.connection,
        leaseConnection: running.connection,
        lease: { namespace: 'default', name: LEASE_NAME },
        agents: EVERYWHERE,
        identity,
        now: () => performance.now(),
        date: Date.now,
        onState: () => {},
        onError: (error) => errors.push(error),
      }),
    told: (expected: object) =>
      vi.waitFor(async () => expect((await readWatch(running.database.db)).watch).toMatchObject(expected), {
        timeout: 90_000,
        interval: 100,
      }),
    known: async () => (await readLivePools(running.database.db)).map(({ name }) => name),
    knows: (names: readonly string[]) => soon(async () => expect(await site.known()).toEqual(names)),
    make: (api: CalicoApi, name: string, cidr: string) =>
      must(running.server.as('admin'), 'POST', calicoPath(api, 'ippools'), {
        apiVersion: `${CALICO_GROUP[api]}/${api}`,
        kind: 'IPPool',
        metadata: { name },
        spec: { cidr },
      }),
  });
  beforeAll(async () => {
    const binaries = await ensureBinaries((line) => console.error(line));
    running.server = await startApiServer({ binaries, users: { outgate: [] } });
    const rules = [...policyRules('cluster'), ...policyRules('own')];
    await grant(running.server, 'follow-group', { kind: 'User', name: 'outgate' }, rules);
    running.api = await testApi();
    running.database = running.api.database;
    running.connection = openConnection(fromKubeconfig(running.server.kubeconfig, 'outgate'));
    running.controller = site.start('first');
  });
  afterAll(async () => {
    await running.controller?.stop();
    await running.connection?.close();
    await running.api?.close();
    await running.server?.stop();
  });
  return site;
}
