/** Ours by force of many at once is carried out of each, by its own change. */
import { expect, it } from 'vitest';
import { ledTerms, nat, POOLS } from '../../../e2e/cluster/led-terms.ts';
import { must } from '../../../e2e/cluster/request.ts';
import { soon } from '../../testing/soon.ts';
import { editor } from '../../testing/test-api.ts';
import { previewMadeAgain, resolveMadeAgain } from './made-again.ts';

const site = ledTerms();

it('each pool that was made again is written over by what is desired of it', async () => {
  await site.made();
  const other = { cidr: '10.2.0.0/16', natOutgoing: true };
  await site.api.caller('editor').pools.create({ name: 'b', spec: other });
  await site.stands('b', { state: 'Synced' });
  for (const [name, spec] of [
    ['a', nat],
    ['b', other],
  ] as const) {
    await must(site.server.as('admin'), 'DELETE', `${POOLS}/${name}`);
    await site.make(name, { ...spec, natOutgoing: false });
    await site.stands(name, { state: 'OutOfSync', reason: 'PoolMadeAgain' });
  }
  const { pools, total } = await previewMadeAgain(site.deps);
  expect([total, pools.map(({ name }) => name)]).toEqual([2, ['a', 'b']]);
  const { first, change } = await resolveMadeAgain(site.deps, editor, {
    choice: 'ours',
    pools,
    reason: 'ours is right',
  });
  await site.stands('a', { state: 'Synced', applied: { version: first } });
  await site.stands('b', { state: 'Synced', applied: { version: change.id } });
  for (const name of ['a', 'b']) expect((await site.stored(name))?.spec).toMatchObject({ natOutgoing: true });
  await soon(async () => expect(await previewMadeAgain(site.deps)).toEqual({ total: 0, pools: [] }));
});
