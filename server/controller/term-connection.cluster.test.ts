/** A request that a leader made, and whose turn to be sent comes when its lease holds no longer. */
import { expect, it, onTestFinished } from 'vitest';
import { calicoPath } from '../../e2e/cluster/install-crds.ts';
import { request } from '../../e2e/cluster/request.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';
import { TermOver } from '../db/live.ts';
import { openConnection } from '../kube/connection.ts';
import { fromKubeconfig } from '../kube/kubeconfig.ts';
import { clusterPools } from './cluster-pools.ts';
import { termConnection } from './term-connection.ts';

const server = sharedServer();

it('is not sent', async () => {
  const credentials = fromKubeconfig(server.kubeconfig, 'outgate');
  const gate = Promise.withResolvers<void>();
  const headers = async () => {
    await gate.promise;
    return credentials.headers();
  };
  const connection = openConnection({ ...credentials, headers });
  onTestFinished(() => connection.close());
  const over = new AbortController();
  let isHeld = true;
  const holds = (): boolean => {
    if (!isHeld) over.abort(new Error('the lease holds no longer'));
    return isHeld;
  };
  const ofTerm = termConnection(connection, { holds, signal: over.signal, resign: () => {} });
  const pools = clusterPools(ofTerm, 'projectcalico.org/v3');
  const asked = { name: 'late', spec: { cidr: '10.9.0.0/16' }, uid: null, resourceVersion: null, force: false };
  const applying = pools.apply(asked);
  const ended = expect(applying).rejects.toThrow(TermOver);
  isHeld = false;
  gate.resolve();
  await ended;
  const { status } = await request(server.as('admin'), 'GET', `${calicoPath('v3', 'ippools')}/late`);
  expect(status).toBe(404);
});
