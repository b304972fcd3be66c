import { expect, it } from 'vitest';
import { writePools } from '../../core/calico/write.ts';
import { serverOfFile } from '../testing/file-server.ts';
import { ask, post, query } from '../testing/test-client.ts';

const server = serverOfFile();

it('while thousands of pools are read, everybody else is answered', async () => {
  const pools = Array.from({ length: 5000 }, (_, i) => ({
    name: `p-${i}`,
    spec: { cidr: `10.${i >> 8}.${i & 255}.0/24`, natOutgoing: true },
  }));
  const yaml = writePools(pools, 'v3');
  let reading = true;
  const imported = post(`${server.address}/api/trpc/pools.import`, { yaml }, { cookie: server.cookie }).finally(() => {
    reading = false;
  });
  let answered = 0;
  for (; reading; answered++) expect((await ask(`${server.address}/livez`)).status).toBe(200);
  expect((await imported).status).toBe(200);
  // one after the other: a server that reads in its own thread answers a handful before and after
  expect(answered).toBeGreaterThan(50);
  const exported = await query(server.address, 'pools.export', {}, server.cookie);
  expect(exported.body.result.data.yaml.split('---\n')).toHaveLength(5000);
}, 120_000);
