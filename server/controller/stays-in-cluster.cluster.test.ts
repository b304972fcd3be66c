/** A pool that is deleted here, and whose object in a real cluster is not ours alone: it stays, without our name. */
import { expect, it } from 'vitest';
import { OUR_MANAGER } from '../../core/cluster/managed-fields.ts';
import { ledTerms, nat, POOLS } from '../../e2e/cluster/led-terms.ts';
import { must } from '../../e2e/cluster/request.ts';
import { beginTerm } from '../db/live.ts';
import { apply } from '../kube/write.ts';
import { resolvePool } from '../services/cluster/resolve-pool.ts';
import { soon } from '../testing/soon.ts';
import { editor } from '../testing/test-api.ts';

const site = ledTerms();
const object = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'a' }, spec: nat };
const reason = 'not needed';

const applied = (manager: string) => apply(site.connection, { path: POOLS, manager, object, force: false });
const version = async () => (await site.api.caller('editor').pools.get({ name: 'a' })).version;
const deleted = async () =>
  site.api.caller('editor').pools.delete({ name: 'a', expectedVersion: await version(), reason });
const staysOf = async (...managers: string[]): Promise<void> => {
  await soon(async () => expect(await site.stand('a')).toBe(undefined));
  const stored = await site.stored('a');
  expect(stored?.spec).toMatchObject(nat);
  expect(stored?.metadata.managedFields.map(({ manager }) => manager)).toEqual(managers);
};

it('what others apply whole, also where the leader ended before it could note that it had made it', async () => {
  await beginTerm(site.api.database.db, 'killed');
  await site.api.caller('editor').pools.create({ name: 'a', spec: nat });
  await applied(OUR_MANAGER);
  await applied('gateway-controller');
  await deleted();
  await site.begin();
  await staysOf('gateway-controller');
});

it('what a backup makes anew with our name after somebody deleted it there, and that was taken', async () => {
  await site.made();
  const { metadata } = (await must(site.server.as('admin'), 'GET', `${POOLS}/a`)) as {
    metadata: { managedFields: object[] };
  };
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await site.stands('a', { state: 'OutOfSync', reason: 'PoolDeletedInCluster' });
  await site.end();
  const theirs = { name: 'a', choice: 'theirs', expectedVersion: await version(), reason } as const;
  await resolvePool(site.deps, editor, theirs);
  await site.make('a', nat, 'velero-server');
  // as it does: who is named is not restored by the create
  const { managedFields } = metadata;
  await must(site.server.as('admin'), 'PATCH', `${POOLS}/a?fieldManager=velero-server`, {
    metadata: { managedFields },
  });
  expect((await site.stored('a'))?.metadata.managedFields.map(({ manager }) => manager)).toEqual([OUR_MANAGER]);
  await site.begin();
  await staysOf('outgate-lets-go');
});
