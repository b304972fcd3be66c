/** A call that is given up at any moment leaves nothing that could end the process, on a real API server. */
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { calicoPath } from '../../e2e/cluster/install-crds.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';
import { tryPool } from '../../e2e/cluster/try-pool.ts';
import { CALLS_AT_A_TIME, openConnection } from './connection.ts';
import { fromKubeconfig } from './kubeconfig.ts';

const server = sharedServer();
const call = { method: 'GET', path: `${calicoPath('v3', 'ippools')}?limit=500` } as const;

/** Given up after so many steps of the one turn in which it is sent. */
async function givenUp(steps: number): Promise<void> {
  const connection = openConnection(fromKubeconfig(server.kubeconfig, 'outgate'));
  await connection.call(call);
  const ending = new AbortController();
  const answer = connection.call({ ...call, signal: ending.signal }).catch(() => {});
  for (let left = steps; left > 0; left--) await null;
  ending.abort();
  await answer;
  // what was told of it is done with when its session ends
  await delay(20);
  await connection.close();
}

it('also in the moment in which it is sent', async () => {
  const defects: Error[] = [];
  const hear = (error: Error): void => void defects.push(error);
  process.on('uncaughtException', hear);
  onTestFinished(() => void process.off('uncaughtException', hear));
  for (let steps = 0; steps < 30; steps++) await givenUp(steps);
  // what is ended with a connection is told so in a later turn
  await delay(100);
  expect(defects).toEqual([]);
});

it('also with all that wait for a connection', async () => {
  const connection = openConnection(fromKubeconfig(server.kubeconfig, 'outgate'));
  onTestFinished(() => connection.close());
  await connection.call(call);
  const ending = new AbortController();
  const ended = Promise.allSettled(
    Array.from({ length: 4 * CALLS_AT_A_TIME }, (_, i) => tryPool(connection, i, ending.signal)),
  );
  await turn(); // those that have a connection are on their way
  const reason = new Error('another leads');
  ending.abort(reason);
  const reasons = (await ended).map((one) => (one.status === 'rejected' ? one.reason : 'answered'));
  expect(new Set(reasons)).toEqual(new Set([reason]));
  expect(await tryPool(connection, 1)).toMatchObject({ created: true });
});
