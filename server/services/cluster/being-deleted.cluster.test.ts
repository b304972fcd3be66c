/** A pool that is being deleted in the cluster, and waits there for a finalizer, is counted as that, whoever’s it is. */
import { expect, it } from 'vitest';
import { ledTerms, POOLS } from '../../../e2e/cluster/led-terms.ts';
import { must } from '../../../e2e/cluster/request.ts';
import { soon } from '../../testing/soon.ts';
import { getCluster } from './cluster.ts';
import { listLivePools } from './live-pools.ts';

const site = ledTerms();
const counts = async () => (await getCluster(site.deps)).live;

it('a pool of others counts among those that are being deleted, and not among those that may be adopted', async () => {
  await site.begin();
  await site.make('theirs', { cidr: '10.2.0.0/16' });
  await soon(async () => expect(await counts()).toMatchObject({ observed: 1, deleting: 0 }));
  await site.hold('theirs', ['example.com/wait']);
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/theirs`);
  await soon(async () =>
    expect(await counts()).toEqual({ managed: 0, observed: 0, foreign: 0, deleting: 1, refused: 0, unreadable: 0 }),
  );
  expect(await listLivePools(site.deps)).toMatchObject([{ name: 'theirs', deleting: true }]);
  await site.hold('theirs', []);
  await soon(async () => expect(await counts()).toMatchObject({ observed: 0, deleting: 0 }));
});

it('so does one of ours, as long as it is there: it is in force, and no longer one that stays', async () => {
  const one = { managed: 0, observed: 0, foreign: 0, refused: 0, unreadable: 0 };
  await site.made();
  await soon(async () => expect(await counts()).toEqual({ ...one, managed: 1, deleting: 0 }));
  await site.hold('a', ['example.com/wait']);
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await soon(async () => expect(await counts()).toEqual({ ...one, deleting: 1 }));
});
