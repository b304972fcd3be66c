/** A pool that was deleted here and is made again as it was, before the leader has heard that its object is gone. */
import { expect, it } from 'vitest';
import { endsBeforeNoting, madeUnnoted } from '../../e2e/cluster/ends-before-noting.ts';
import { ledTerms, nat } from '../../e2e/cluster/led-terms.ts';
import { unheardWrite } from '../../e2e/cluster/unheard-write.ts';
import { resolvePool } from '../services/cluster/resolve-pool.ts';
import { soon } from '../testing/soon.ts';
import { editor as editorActor } from '../testing/test-api.ts';

const site = ledTerms();

it('is made again in the cluster, and nobody else deleted it', async () => {
  const { connection } = site;
  let heard = Promise.resolve();
  async function* late(body: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    for await (const piece of body) {
      await heard;
      yield piece;
    }
  }
  await site.begin({ ...connection, stream: async (...asked) => late(await connection.stream(...asked)) });
  const editor = site.api.caller('editor');
  const { pool } = await editor.pools.create({ name: 'a', spec: nat });
  await site.stands('a', { state: 'Synced' });
  // its echo is heard
  await soon(async () => expect(await site.stored('a')).not.toBe(null));
  const hear = Promise.withResolvers<void>();
  heard = hear.promise;
  await editor.pools.delete({ name: 'a', expectedVersion: pool.version, reason: 'by mistake' });
  await soon(async () => expect(await site.stored('a')).toBe(null));
  const again = await editor.pools.create({ name: 'a', spec: nat });
  await soon(async () => expect(site.leading?.queued()).toBeGreaterThan(0));
  expect(await site.stand('a')).toMatchObject({ state: 'Pending' });
  const ours = { name: 'a', choice: 'ours', expectedVersion: again.pool.version, reason: 'now' } as const;
  await expect(resolvePool(site.deps, editorActor, ours)).rejects.toMatchObject({ reason: 'NOTHING_CHANGES' });
  hear.resolve();
  await site.stands('a', { state: 'Synced', applied: { version: again.change.id } });
  expect(await site.stored('a')).toMatchObject({ spec: nat });
  const { changes } = await site.api.caller('viewer').changes.list({ pool: 'a' });
  expect(changes.filter(({ action }) => action.startsWith('cluster'))).toEqual([]);
});

it.each([
  ['without force', false],
  ['by force', true],
])(
  'what was sent %s, unheard, of a pool that was deleted again since, and whose state of before is taken',
  async (_, forced) => {
    const { pools } = site.api.caller('editor');
    const known = async () => ({
      name: 'a',
      expectedVersion: (await pools.get({ name: 'a' })).version,
      reason: 'so be it',
    });
    const other = { ...nat, natOutgoing: false, disabled: true };
    await site.made();
    await site.end();
    await pools.delete(await known());
    await pools.create({ name: 'a', spec: other });
    if (forced) await resolvePool(site.deps, editorActor, { ...(await known()), choice: 'ours' });
    await endsBeforeNoting(site, 'a');
    await pools.delete(await known());
    await pools.create({ name: 'a', spec: other });
    const { change } = await resolvePool(site.deps, editorActor, { ...(await known()), choice: 'theirs' });
    await site.begin();
    await site.stands('a', { state: 'Synced', applied: { version: change.id } });
    expect((await site.stored('a'))?.spec).toMatchObject(nat);
  },
);

it('theirs that is taken while our delete, of what nobody noted, is on its way', async () => {
  const { pools } = site.api.caller('editor');
  const known = async () => ({
    name: 'a',
    expectedVersion: (await pools.get({ name: 'a' })).version,
    reason: 'so be it',
  });
  await madeUnnoted(site);
  const { change: deleted } = await pools.delete(await known());
  await pools.create({ name: 'a', spec: { cidr: '10.9.0.0/16', natOutgoing: true } });
  const write = unheardWrite(site.connection);
  write.fall();
  await site.begin(write.connection);
  await soon(async () => expect(write.isLost()).toBe(true));
  const { change } = await resolvePool(site.deps, editorActor, { ...(await known()), choice: 'theirs' });
  write.tell();
  await site.stands('a', { state: 'Synced', applied: { version: change.id } });
  expect((await site.stored('a'))?.spec).toMatchObject(nat);
  const gone = await site.api.database.db.query(
    'SELECT actor, cause::int FROM live_change WHERE after IS NULL ORDER BY sequence DESC LIMIT 1',
  );
  expect(gone).toEqual([{ actor: 'outgate', cause: deleted.id }]);
});

it('theirs that is taken while our delete is on its way is made again, and nobody else deleted it', async () => {
  const { db } = site.api.database;
  const byOthers = () => db.query(`SELECT sequence FROM live_change WHERE actor <> 'outgate' ORDER BY sequence`);
  await site.made();
  await site.end();
  const before = await byOthers();
  const { pools } = site.api.caller('editor');
  const { version } = await pools.get({ name: 'a' });
  await pools.delete({ name: 'a', expectedVersion: version, reason: 'by mistake' });
  await endsBeforeNoting(site, 'a');
  expect(await site.stored('a')).toBe(null);
  const { pool } = await pools.create({ name: 'a', spec: { ...nat, natOutgoing: false } });
  const theirs = { name: 'a', choice: 'theirs', expectedVersion: pool.version, reason: 'as it was' } as const;
  const { change } = await resolvePool(site.deps, editorActor, theirs);
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: change.id } });
  expect(await site.stored('a')).toMatchObject({ spec: nat });
  expect((await byOthers()).slice(before.length)).toEqual([]);
});
