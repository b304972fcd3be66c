/** The whole way of a change: request to the real server on real PostgreSQL, stream, agent, kernel, report, and what the server then says. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePools } from '../core/calico/write.ts';
import { freePort } from '../e2e/free-port.ts';
import { type TestDatabase, testDatabase } from '../server/db/testing.ts';
import { cookieOf, mutate, query } from '../server/testing/test-client.ts';
import { ADMIN, startServer, type TestServer } from '../server/testing/test-server.ts';
import { cannotRun, type Namespace, namespace } from './testing/namespaces.ts';
import { agentFile, startAgent, workDir } from './testing/run-agent.ts';

const withAdmin = { OUTGATE_ADMIN_EMAIL: ADMIN.email, OUTGATE_ADMIN_PASSWORD: ADMIN.password };
/** Not with the next look at the kernel, which is ten seconds later. */
const AT_ONCE_MS = 5_000;

describe.skipIf(cannotRun !== null)('agent on the real server', () => {
  let database: TestDatabase;
  let server: TestServer;
  let cookie: string;
  let node: Namespace;
  let agent: ReturnType<typeof startAgent> | undefined;
  const dir = workDir();

  beforeAll(async () => {
    agentFile();
    node = namespace('real');
    database = await testDatabase();
    server = await startServer(database.url, { ...withAdmin, OUTGATE_LISTEN: `127.0.0.1:${await freePort()}` });
    cookie = await cookieOf(server.address);
    const made = await mutate(server.address, 'joinTokens.create', { name: 'rack' }, cookie);
    dir.write('token', made.body.result.data.token);
  });
  afterAll(async () => {
    agent?.kill('SIGKILL');
    await agent?.ended;
    await server?.stop();
    await database?.close();
    node?.remove();
    dir.remove();
  });

  const start = () => {
    const args = [
      '--node',
      'real-1',
      '--netns',
      node.name,
      '--state-dir',
      dir.path,
      '--token-file',
      `${dir.path}/token`,
    ];
    agent = startAgent(['--source', `server:${server.address}`, ...args]);
  };
  const until = async (what: string, holds: () => boolean | Promise<boolean>, timeout = 30_000): Promise<void> => {
    for (const end = Date.now() + timeout; !(await holds()); ) {
      if (Date.now() > end) throw new Error(`not within ${timeout} ms: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const inKernel = (cidr: string): boolean => node.tries(`ipset -q test outgate-src-v4 ${cidr}`);
  const status = async () => (await query(server.address, 'status.get', undefined, cookie)).body.result.data;

  it('a pool made and changed by request is in the kernel at once, and the server knows it', async () => {
    start();
    await until('the node is programmed', async () => (await status()).nodes.programmed === 1);
    const spec = { cidr: '10.77.0.0/16', natOutgoing: true };
    const made = await mutate(server.address, 'pools.create', { name: 'p', spec }, cookie);
    expect(made.status).toBe(200);
    await until('the pool is in the kernel', () => inKernel('10.77.0.0/16'), AT_ONCE_MS);
    await until('the server knows it', async () => (await status()).nodes.programmed === 1, AT_ONCE_MS);
    const off = {
      name: 'p',
      spec: { ...spec, natOutgoing: false },
      expectedVersion: made.body.result.data.pool.version,
    };
    expect((await mutate(server.address, 'pools.update', off, cookie)).status).toBe(200);
    await until('the pool left the set of sources', () => !inKernel('10.77.0.0/16'), AT_ONCE_MS);
    await until('the server knows it', async () => (await status()).nodes.programmed === 1, AT_ONCE_MS);
  });

  it('a report of thousands of ranges arrives', async () => {
    const pools = Array.from({ length: 4000 }, (_, i) => ({
      name: `many-${i}`,
      spec: { cidr: `11.${i >> 8}.${i & 255}.0/24`, natOutgoing: true },
    }));
    const made = await mutate(server.address, 'pools.import', { yaml: writePools(pools, 'v3') }, cookie);
    expect(made.status).toBe(200);
    await until('all are in the kernel', () => inKernel('11.15.159.0/24'));
    await until('the server knows it', async () => (await status()).nodes.programmed === 1);
    const [row] = await database.db.query<object>(
      `SELECT body->'revision' = to_jsonb(desired.revision) AS same, length(body::text) > 300000 AS large FROM report, desired`,
    );
    expect(row).toEqual({ same: true, large: true });
  });

  it('settings reach the rules', async () => {
    const settings = { global: { natPortRange: '40000:50000' }, nodes: {} };
    const before = (await query(server.address, 'settings.get', undefined, cookie)).body.result.data;
    const input = { settings, ...('version' in before ? { expectedVersion: before.version } : {}), reason: 'ports' };
    const set = await mutate(server.address, 'settings.update', input, cookie);
    expect([set.status, JSON.stringify(set.body).slice(0, 300)]).toEqual([200, expect.any(String)]);
    await until(
      'three rules',
      () => node.run('iptables-nft -t nat -S OUTGATE-POSTROUTING').includes('--to-ports 40000-50000'),
      AT_ONCE_MS,
    );
  });

  it('NAT stays while the server is away, and the agent takes up what changed meanwhile', async () => {
    const listen = new URL(server.address).host;
    await server.stop();
    expect(node.run('iptables-nft -t nat -S OUTGATE-POSTROUTING')).toContain('MASQUERADE');
    const elsewhere = await startServer(database.url);
    const other = await cookieOf(elsewhere.address);
    const spec = { cidr: '10.78.0.0/16', natOutgoing: true };
    expect((await mutate(elsewhere.address, 'pools.create', { name: 'q', spec }, other)).status).toBe(200);
    await elsewhere.stop();
    expect(inKernel('10.78.0.0/16')).toBe(false);
    server = await startServer(database.url, { ...withAdmin, OUTGATE_LISTEN: listen });
    await until('the agent is back', () => inKernel('10.78.0.0/16'));
    expect(agent?.exitCode).toBeNull();
  });
});
