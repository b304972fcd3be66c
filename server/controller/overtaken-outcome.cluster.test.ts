/** A request hangs, and meanwhile something else is decided about the pool: what comes of it undoes nothing of that. */
import { expect, it } from 'vitest';
import { ledTerms, nat, POOLS } from '../../e2e/cluster/led-terms.ts';
import { must } from '../../e2e/cluster/request.ts';
import { readLivePools } from '../db/live.ts';
import { newSync, writeSync } from '../db/sync.ts';
import { failure, KubeError } from '../kube/kube-error.ts';
import { resolvePool } from '../services/cluster/resolve-pool.ts';
import { soon } from '../testing/soon.ts';
import { editor } from '../testing/test-api.ts';
import { clusterPools } from './cluster-pools.ts';

const site = ledTerms();
const reason = 'it was decided meanwhile';
const version = async () => (await site.api.caller('editor').pools.get({ name: 'a' })).version;
const remove = async () =>
  site.api.caller('editor').pools.delete({ name: 'a', expectedVersion: await version(), reason });
const uid = async () => (await readLivePools(site.api.database.db, ['a']))[0]?.uid;

/** One leads, and `decide` happens while its first PATCH hangs, which then fails: it comes when it is called, after all. */
async function beginHanging(decide: () => Promise<unknown>): Promise<() => Promise<unknown>> {
  const { connection } = site;
  const sent: (() => Promise<unknown>)[] = [];
  await site.begin({
    ...connection,
    call: async (request) => {
      if (request.method !== 'PATCH' || sent.length > 0) return connection.call(request);
      sent.push(() => connection.call(request));
      await decide();
      throw new KubeError('', failure('unreachable', 'nobody answers'));
    },
  });
  await soon(async () => expect(sent).toHaveLength(1));
  return async () => await sent[0]?.();
}

it('deleted while it is made again: what comes late goes', async () => {
  await site.made();
  await site.end();
  await remove();
  await site.api.caller('editor').pools.create({ name: 'a', spec: { cidr: '10.2.0.0/16' } });
  const comes = await beginHanging(remove);
  await soon(async () => expect((await site.stand('a'))?.detail).toHaveProperty('absentSince'));
  await comes();
  expect(await site.stored('a')).not.toBe(null);
  await soon(async () => expect(await site.stored('a')).toBe(null));
});

it('deleted after the cluster refused it, and a leader that ended tried again: what comes late goes', async () => {
  await site.begin();
  await site.end();
  await site.api.caller('editor').pools.create({ name: 'a', spec: nat });
  const refusal = { state: 'Rejected', reason: 'RefusedByCluster', detail: { message: 'no' } } as const;
  await writeSync(site.api.database.db, [{ ...newSync('a'), ...refusal }]);
  await remove();
  await site.begin();
  await soon(async () => expect((await site.stand('a'))?.detail).toHaveProperty('absentSince'));
});

it('forced, and what that was decided about is another object: it is carried out', async () => {
  await site.made();
  const before = await uid();
  await site.end();
  await site.api.caller('editor').pools.update({
    name: 'a',
    spec: { ...nat, natOutgoing: false },
    expectedVersion: await version(),
  });
  let forced = 0;
  await beginHanging(async () => {
    await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
    const backup = clusterPools(site.connection, 'projectcalico.org/v3');
    const { uid: restored } = await backup.apply({
      name: 'a',
      spec: nat,
      uid: null,
      resourceVersion: null,
      force: false,
    });
    await soon(async () => expect(await uid()).toBe(restored));
    const decided = { name: 'a', choice: 'ours', expectedVersion: await version(), reason } as const;
    forced = (await resolvePool(site.deps, editor, decided)).change.id;
  });
  await soon(async () => expect(forced).not.toBe(0));
  await site.stands('a', { state: 'Synced', applied: { version: forced } });
  expect((await site.stored('a'))?.spec).toMatchObject({ natOutgoing: false });
  expect(await uid()).not.toBe(before);
});
