/** How many calls of one connection the API server has at a time, as it counts them itself. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { request } from '../../e2e/cluster/request.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';
import { tryPool } from '../../e2e/cluster/try-pool.ts';
import { CALLS_AT_A_TIME, openConnection } from './connection.ts';
import { fromKubeconfig } from './kubeconfig.ts';

const server = sharedServer();
const outgate = openConnection(fromKubeconfig(server.kubeconfig, 'outgate'));
afterAll(() => outgate.close());

/** The server counts what it writes for itself, its leases, beside our calls; without our limit it would take 200 at a time. */
const ITS_OWN = 5;

/** Of the last second the most that were under way (`apiserver_current_inflight_requests`). */
async function mostWriting(): Promise<number> {
  const { body } = await request(server.as('admin'), 'GET', '/metrics');
  const [, count] = /^apiserver_current_inflight_requests\{request_kind="mutating"\} (\d+)$/m.exec(String(body)) ?? [];
  return Number(count);
}

it('keeps calls back that would be too many at a time', async () => {
  const seen: number[] = [];
  let under = true;
  const watched = (async () => {
    while (under) {
      seen.push(await mostWriting());
      await delay(100);
    }
  })();
  await Promise.all(Array.from({ length: 3_000 }, (_, i) => tryPool(outgate, i)));
  under = false;
  await watched;
  expect(Math.max(...seen)).toBeGreaterThan(1);
  expect(Math.max(...seen)).toBeLessThanOrEqual(CALLS_AT_A_TIME + ITS_OWN);
});
