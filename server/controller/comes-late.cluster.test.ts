/** A pool of ours was deleted in the cluster and is made again there, and is done with here before anybody knows that it came. */
import { expect, it } from 'vitest';
import { history } from '../../e2e/cluster/history.ts';
import { ledTerms, nat, POOLS } from '../../e2e/cluster/led-terms.ts';
import { must } from '../../e2e/cluster/request.ts';
import { readLivePools } from '../db/live.ts';
import { resolvePool } from '../services/cluster/resolve-pool.ts';
import { soon } from '../testing/soon.ts';
import { editor } from '../testing/test-api.ts';
import { clusterPools } from './cluster-pools.ts';

const site = ledTerms();
const { policy, theirs } = history(site);
const reason = 'it was decided';
const version = async () => (await site.api.caller('editor').pools.get({ name: 'a' })).version;
const force = async () =>
  resolvePool(site.deps, editor, { name: 'a', choice: 'ours', expectedVersion: await version(), reason });
const deletion = async () =>
  site.api.caller('editor').pools.delete({ name: 'a', expectedVersion: await version(), reason });
const enforce = () => policy('enforce');

const deletedThere = async () => {
  await site.made();
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await site.stands('a', { reason: 'PoolDeletedInCluster' });
};
/** As a leader had sent it that ended; or as a backup has it. */
const comes = () =>
  clusterPools(site.connection, 'projectcalico.org/v3').apply({
    name: 'a',
    spec: nat,
    uid: null,
    resourceVersion: null,
    force: false,
  });

it.each([
  ['force, and theirs is taken', force, theirs],
  ['force, and it is deleted', force, deletion],
  ['its policy, and it is deleted', enforce, deletion],
])('by %s: it goes when it comes', async (_, again, isDoneWith) => {
  await deletedThere();
  await site.end();
  await again();
  await isDoneWith();
  await site.begin();
  await soon(async () => expect((await site.stand('a'))?.detail).toHaveProperty('absentSince'));
  await comes();
  await soon(async () => expect(await site.stored('a')).toBe(null));
});

it('by nobody of us: what a backup has under our name stays', async () => {
  await deletedThere();
  await deletion();
  await soon(async () => expect(await site.stand('a')).toBe(undefined));
  await comes();
  await soon(async () => expect(await readLivePools(site.api.database.db, ['a'])).toHaveLength(1));
  expect(await site.stored('a')).not.toBe(null);
});
