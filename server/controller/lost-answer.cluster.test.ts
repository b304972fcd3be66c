/** The cluster takes a write, and nobody hears of that: neither its answer comes, nor does the watch tell of it. */
import { expect, it } from 'vitest';
import { decidedSettings } from '../../e2e/cluster/decided-settings.ts';
import { history } from '../../e2e/cluster/history.ts';
import { ledTerms, nat } from '../../e2e/cluster/led-terms.ts';
import { unheardWrite } from '../../e2e/cluster/unheard-write.ts';
import { soon } from '../testing/soon.ts';

const site = ledTerms();
const settings = decidedSettings(site);
const { update, rows, whole } = history(site);
const isIdle = () => soon(async () => expect(site.leading?.queued()).toBe(0));

/** One leads, and the cluster has a pool `a` of ours, of which the watch has told. */
async function madeUnheard() {
  const { fall, isLost, ...unheard } = unheardWrite(site.connection);
  await site.begin(unheard.connection);
  const { change } = await site.api.caller('editor').pools.create({ name: 'a', spec: nat });
  await site.stands('a', { state: 'Synced', applied: { version: change.id } });
  await isIdle();
  fall();
  return { ...unheard, isLost: () => soon(async () => expect(isLost()).toBe(true)) };
}

it('a pool that is changed back meanwhile is as it is decided in the end', async () => {
  const { isLost, tell } = await madeUnheard();
  await update({ natOutgoing: false });
  await isLost();
  const back = await update({});
  // it is refused, as the object is another one than was heard of
  await soon(async () => expect((await site.stand('a'))?.detail?.message).toMatch(/has changed since/));
  expect(await site.stand('a')).not.toMatchObject({ applied: { version: back } });
  tell();
  await site.stands('a', { state: 'Synced', applied: { version: back } });
  expect(await site.stored('a')).toMatchObject({ spec: nat });
  const told = await site.api.database.db.query('SELECT DISTINCT actor FROM live_change');
  expect(told).toEqual([{ actor: 'outgate' }]);
});

it('of two changes that are told of together each has its own row', async () => {
  const { isLost, tell } = await madeUnheard();
  const first = await update({ disabled: true });
  await isLost();
  const second = await update({ disabled: true, allowedUses: ['Workload'] });
  await soon(async () => expect((await site.stand('a'))?.detail?.message).toMatch(/modified/));
  tell();
  await site.stands('a', { state: 'Synced', applied: { version: second } });
  await isIdle();
  const causes = await site.api.database.db.query<{ cause: number }>(
    `SELECT cause::int FROM live_change WHERE pools @> '{a}' AND before IS NOT NULL AND after IS NOT NULL
     ORDER BY sequence DESC LIMIT 2`,
  );
  expect(causes.map(({ cause }) => cause)).toEqual([second, first]);
  expect(await rows(2)).toHaveLength(2);
  await whole();
});

it('settings that are changed back meanwhile are as they are decided in the end', async () => {
  const [ports, other] = [{ natPortRange: '30000:40000' }, { natPortRange: '40000:50000' }];
  const { connection, fall, isLost, tell } = unheardWrite(site.connection);
  settings.cleaned();
  await site.begin(connection);
  await settings.mirrored();
  const version = await settings.decide(ports);
  await soon(async () => expect(await settings.row()).toMatchObject({ state: 'Synced', applied: { version } }));
  await isIdle();
  fall();
  await settings.decide(other);
  await soon(async () => expect(isLost()).toBe(true));
  const back = await settings.decide(ports);
  await soon(async () => expect((await settings.row())?.detail?.message).toMatch(/has changed since/));
  tell();
  await soon(async () => expect(await settings.row()).toMatchObject({ state: 'Synced', applied: { version: back } }));
  expect(await settings.spec()).toEqual(ports);
});
