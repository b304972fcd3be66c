/** What a save answers where the server that is asked leads: how the pool stands once the cluster has it. */
import { afterAll, expect, it } from 'vitest';
import { calicoPath } from '../e2e/cluster/install-crds.ts';
import { must } from '../e2e/cluster/request.ts';
import { sharedServer } from '../e2e/cluster/shared-server.ts';
import { serverOfFile } from './testing/file-server.ts';
import { soon } from './testing/soon.ts';
import { withCluster } from './testing/test-server.ts';

const cluster = sharedServer();
const path = calicoPath('v3', 'ippools');
const { ask, tell } = serverOfFile(withCluster(cluster.kubeconfig));
afterAll(() => must(cluster.as('admin'), 'DELETE', path));

it('a pool that is made, and one that is changed, is in the cluster when that is answered', async () => {
  await soon(async () =>
    expect(await ask('cluster.get')).toMatchObject({ phase: 'live', election: { role: 'leader' } }),
  );
  // an answer does not wait for long: on a busy machine one or the other says that it waits
  const once = (save: (time: number) => Promise<void>) => {
    let time = 0;
    return soon(() => save(time++));
  };
  await once(async (time) => {
    const made = { name: `made-${time}`, spec: { cidr: `10.1.${time}.0/24`, natOutgoing: true } };
    expect((await tell('pools.create', made)).pool.sync).toMatchObject({ state: 'Synced' });
  });
  const name = 'made-0';
  await once(async () => {
    const { spec, version } = await ask('pools.get', { name });
    const changed = { ...spec, natOutgoing: !spec.natOutgoing };
    const { pool } = await tell('pools.update', { name, spec: changed, expectedVersion: version, shown: spec });
    expect(pool.sync).toMatchObject({ state: 'Synced' });
    expect(await must(cluster.as('admin'), 'GET', `${path}/${name}`)).toMatchObject({ spec: changed });
  });
});
