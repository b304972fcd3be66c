/** What is known of a pod's token while the API server is away, and after its pod was deleted; tokens as the kubelet gets them. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createPod, deletePod, type Pod } from '../../e2e/cluster/agent-pods.ts';
import { startFaultProxy } from '../../e2e/cluster/fault-proxy.ts';
import { must } from '../../e2e/cluster/request.ts';
import { createServiceAccount, requestToken } from '../../e2e/cluster/rights.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';
import { type TestDatabase, testDatabase } from '../db/testing.ts';
import { makeHub } from '../events/hub.ts';
import { createEdge } from '../http/edge.ts';
import type { Log } from '../http/log.ts';
import { openConnection } from '../kube/connection.ts';
import { fromKubeconfig } from '../kube/kubeconfig.ts';
import { reviewToken } from '../kube/token-review.ts';
import { podStands } from '../services/agents/pod.ts';
import { bearer } from '../testing/agent-doors.ts';
import { soon } from '../testing/soon.ts';
import { ask, openAgentStream } from '../testing/test-client.ts';
import { type AccountTokens, accountTokens, KEEP_MS } from './account-tokens.ts';
import { agentRoom } from './room.ts';

const cluster = sharedServer();
const admin = cluster.as('admin');
const account = { namespace: 'agents-test', name: 'outgate-agent' };
const nodes = ['node-a', 'node-c'];
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
  await createServiceAccount(cluster, account.namespace, account.name);
  for (const name of nodes) await must(admin, 'POST', '/api/v1/nodes', { metadata: { name } });
});
afterAll(async () => {
  await database?.close();
  for (const name of ['stays', 'gone']) await deletePod(cluster, account, name);
  for (const name of nodes) await must(admin, 'DELETE', `/api/v1/nodes/${name}`);
  await must(admin, 'DELETE', `/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}`);
});

const tokenOf = (pod: Pod) => requestToken(cluster, account, { audiences: ['outgate'], pod });

it('without the API server what is known stays good and streams stay; after a deletion nothing does', async () => {
  const proxy = await startFaultProxy(cluster);
  const connection = openConnection({ ...fromKubeconfig(cluster.kubeconfig, 'outgate'), server: proxy.url });
  const review = (token: string, signal: AbortSignal) => reviewToken(connection, token, signal);
  let later = 0;
  const tokens = accountTokens({ review, account, now: () => Date.now() + later });
  const doors = await openDoors(tokens);
  const gone = await createPod(cluster, account, 'gone', 'node-c');
  const [token, fresh] = [await tokenOf(gone), await tokenOf(await createPod(cluster, account, 'stays', 'node-a'))];
  const follows = await openAgentStream(doors.url, token);
  expect(follows.status).toBe(200);
  const asked = proxy.requests.length;
  proxy.fail({ kind: 'reset' });
  expect(await tokens.check(token, 'x')).toMatchObject({ kind: 'agent', node: 'node-c', pod: gone });
  expect(proxy.requests.length).toBe(asked);
  const away = await ask(`${doors.url}/agent/v1/stream`, { headers: bearer(fresh) });
  expect([away.status, away.headers.get('retry-after')]).toEqual([503, '5']);
  expect(away.body.error.data.reason).toBe('NOT_READY');
  later = KEEP_MS;
  // asked in vain: what the cluster said last holds
  expect(await tokens.check(token, 'x')).toMatchObject({ kind: 'agent', node: 'node-c', pod: gone });
  expect(proxy.requests.length).toBeGreaterThan(asked);
  later += KEEP_MS;
  const before = proxy.requests.length;
  doors.hub.publish({ kind: 'resync' });
  await soon(() => expect(proxy.requests.length).toBeGreaterThan(before));
  await podStands(database.db, { node: 'node-c', pod: gone });
  expect([doors.room.streams(), doors.lines.join()]).toEqual([1, expect.not.stringContaining('stream ended')]);
  proxy.heal();
  expect(await tokens.check(fresh, 'x')).toMatchObject({ kind: 'agent', node: 'node-a' });

  await deletePod(cluster, account, 'gone');
  // the API server itself believes a token for ten seconds; we ask it anew each time that a minute is over
  await vi.waitFor(
    () => {
      later += KEEP_MS;
      doors.hub.publish({ kind: 'resync' });
      expect(doors.lines.join()).toContain('token refused: ');
    },
    { timeout: 40_000, interval: 1_000 },
  );
  await follows.ended;
  expect(doors.lines.join()).toContain('service account token has been invalidated');
  // another pod of the same name is another one
  const anew = await tokenOf(await createPod(cluster, account, 'gone', 'node-c'));
  expect(await tokens.check(anew, 'x')).toMatchObject({ kind: 'agent', node: 'node-c' });
  expect(await tokens.check(token, 'x')).toMatchObject({ kind: 'refused' });
  for (const secret of [token, fresh]) expect(doors.lines.join()).not.toContain(secret.split('.')[2]);
  await Promise.all([connection.close(), proxy.close(), doors.close()]);
});

/** The agents' room alone, whose tokens are reviewed by way of a proxy, with what it logs. */
async function openDoors(tokens: AccountTokens) {
  const lines: string[] = [];
  const log: Log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const hub = makeHub();
  const feed = { since: () => Promise.resolve({ line: null, sequence: 0 }) };
  const room = agentRoom({ db: database.db, hub, feed, log, tokens });
  const edge = createEdge({
    log,
    rooms: [room],
    origins: new Set(),
    secure: false,
    dev: false,
    trustedProxies: [],
    onAnswer: () => {},
  });
  await once(edge.listen(0, '127.0.0.1'), 'listening');
  const { port } = edge.address() as AddressInfo;
  const close = async (): Promise<void> => {
    edge.closeAllConnections();
    await once(edge.close(), 'close');
  };
  return { url: `http://127.0.0.1:${port}`, hub, room, lines, close };
}
