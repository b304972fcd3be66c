/** The test server itself: what tests rely on without saying so. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBinaries } from './binaries/build.ts';
import { calicoPath, installCrds, removeCrd } from './install-crds.ts';
import { must, request } from './request.ts';
import { createServiceAccount, grant, requestToken } from './rights.ts';
import { type ApiServer, startApiServer } from './start-api-server.ts';

const NODES = '/api/v1/nodes';

let server: ApiServer;
beforeAll(async () => {
  const binaries = await ensureBinaries((line) => console.error(line));
  server = await startApiServer({ binaries, users: { outgate: [] } });
});
afterAll(() => server?.stop());

describe('rights', () => {
  it('a user may do nothing until a role says so, and then that alone', async () => {
    expect(await request(server.as('outgate'), 'GET', NODES)).toMatchObject({ status: 403 });
    await grant(server, 'reads-nodes', { kind: 'User', name: 'outgate' }, [
      { apiGroups: [''], resources: ['nodes'], verbs: ['list'] },
    ]);
    expect(await request(server.as('outgate'), 'GET', NODES)).toMatchObject({ status: 200 });
    const made = await request(server.as('outgate'), 'POST', NODES, { metadata: { name: 'node-1' } });
    expect(made).toMatchObject({ status: 403, body: { reason: 'Forbidden' } });
  });

  it('a wrong token is nobody', async () => {
    const wrong = { ...server.as('outgate'), token: 'wrong' };
    expect(await request(wrong, 'GET', NODES)).toMatchObject({ status: 401 });
  });

  it('a token of a service account bound to a pod names its node when it is reviewed', async () => {
    const admin = server.as('admin');
    await createServiceAccount(server, 'outgate', 'agent');
    await must(admin, 'POST', NODES, { metadata: { name: 'node-1' } });
    const pods = '/api/v1/namespaces/outgate/pods';
    const made = await must(admin, 'POST', pods, {
      metadata: { name: 'agent-1' },
      spec: { nodeName: 'node-1', serviceAccountName: 'agent', containers: [{ name: 'agent', image: 'agent' }] },
    });
    const { uid } = (made as { metadata: { uid: string } }).metadata;
    const token = await requestToken(
      server,
      { namespace: 'outgate', name: 'agent' },
      { audiences: ['outgate'], pod: { name: 'agent-1', uid } },
    );
    const reviews = '/apis/authentication.k8s.io/v1/tokenreviews';
    expect(await must(admin, 'POST', reviews, { spec: { token, audiences: ['outgate'] } })).toMatchObject({
      status: {
        authenticated: true,
        user: {
          username: 'system:serviceaccount:outgate:agent',
          extra: { 'authentication.kubernetes.io/node-name': ['node-1'] },
        },
      },
    });
    expect(await request({ ...admin, token }, 'GET', NODES)).toMatchObject({ status: 401 });
  });
});

describe("Calico's types", () => {
  it('of both groups are served; new ones check rules, old ones check nothing', async () => {
    await installCrds(server, 'v3');
    await installCrds(server, 'v1');
    const admin = server.as('admin');
    const spec = { cidr: '10.1.0.0/16', ipipMode: 'Always', vxlanMode: 'Always' };
    const pool = (apiVersion: string): object => ({ apiVersion, kind: 'IPPool', metadata: { name: 'a' }, spec });
    const refused = await request(admin, 'POST', calicoPath('v3', 'ippools'), pool('projectcalico.org/v3'));
    expect(refused).toMatchObject({ status: 422 });
    expect(JSON.stringify(refused.body)).toContain('ipipMode and vxlanMode cannot both be enabled');
    const taken = await request(admin, 'POST', calicoPath('v1', 'ippools'), pool('crd.projectcalico.org/v1'));
    expect(taken).toMatchObject({ status: 201, body: { spec } });

    for (const api of ['v3', 'v1'] as const) {
      const felix = await must(admin, 'POST', calicoPath(api, 'felixconfigurations'), {
        apiVersion: api === 'v3' ? 'projectcalico.org/v3' : 'crd.projectcalico.org/v1',
        kind: 'FelixConfiguration',
        metadata: { name: 'default' },
        spec: { natPortRange: '40000:30000', natOutgoingAddress: '192.0.2.7' },
      });
      expect(felix).toMatchObject({ spec: { natPortRange: '40000:30000' } });
    }
    await removeCrd(server, 'v1', 'ippools');
    expect(await request(admin, 'GET', calicoPath('v1', 'ippools'))).toEqual({
      status: 404,
      body: '404 page not found\n',
    });
  });
});

describe('faults', () => {
  it('a frozen server answers when it is let go', async () => {
    await server.pause();
    let answered = false;
    const answer = request(server.as('admin'), 'GET', '/readyz').finally(() => {
      answered = true;
    });
    await sleep(500);
    expect(answered).toBe(false);
    server.resume();
    expect(await answer).toMatchObject({ status: 200 });
  });

  it('a killed server comes back on the same port with the same data', async () => {
    await must(server.as('admin'), 'POST', NODES, { metadata: { name: 'kept' } });
    await server.kill();
    await expect(request(server.as('admin'), 'GET', '/readyz')).rejects.toThrow('ECONNREFUSED');
    await server.start();
    expect(await must(server.as('admin'), 'GET', `${NODES}/kept`)).toMatchObject({ metadata: { name: 'kept' } });
  });

  it('nothing is left after the process that started a server is killed with SIGKILL', async () => {
    const owner = spawn(process.execPath, [fileURLToPath(new URL('serve.ts', import.meta.url))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface(owner.stdout);
    const [line] = (await once(lines, 'line')) as [string];
    const { pids, kubeconfig } = JSON.parse(line) as { pids: number[]; kubeconfig: string };
    expect(pids.map(alive)).toEqual([true, true]);
    owner.kill('SIGKILL');
    await expect.poll(() => pids.map(alive), { timeout: 10_000 }).toEqual([false, false]);
    await expect.poll(() => existsSync(dirname(kubeconfig)), { timeout: 10_000 }).toBe(false);
  });
});

const alive = (pid: number): boolean => existsSync(`/proc/${pid}`);
