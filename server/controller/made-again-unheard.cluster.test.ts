/** A pool that others deleted is made again, by its policy or by force, and the answer to that gets lost. */
import { expect, it } from 'vitest';
import { madeUnnoted } from '../../e2e/cluster/ends-before-noting.ts';
import { history } from '../../e2e/cluster/history.ts';
import { ledTerms, nat, POOLS } from '../../e2e/cluster/led-terms.ts';
import { must } from '../../e2e/cluster/request.ts';
import type { Connection } from '../kube/connection.ts';
import { failure, KubeError } from '../kube/kube-error.ts';
import { soon } from '../testing/soon.ts';

const site = ledTerms();
const { policy, update, force } = history(site);
const noNat = { natOutgoing: false };
const unmake = () => must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
const isMade = () => soon(async () => expect(await site.stored('a')).not.toBe(null));
const voids = () => site.api.database.db.query('SELECT change FROM void_force');

/** All writes are carried out, and none is heard of but by the watch. */
const losing = ({ call, ...connection }: Connection): Connection => ({
  ...connection,
  async call(request) {
    const answer = await call(request);
    if (request.method === 'GET') return answer;
    throw new KubeError('', failure('unreachable', 'nobody answers'));
  },
});

it.each([
  ['the leader hears of it by the watch', false],
  ['the leader ends', true],
])('by enforce, and %s: what is decided next is carried out', async (_, ends) => {
  await site.made();
  const enforced = await policy('enforce');
  await site.stands('a', { state: 'Synced', applied: { version: enforced } });
  await site.end();
  await unmake();
  await site.begin(losing(site.connection));
  await isMade();
  if (ends) await site.end();
  else await soon(async () => expect((await site.stand('a'))?.detail).toMatchObject({ message: 'nobody answers' }));
  const version = await update(noNat);
  if (!ends) await site.end();
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version } });
  expect((await site.stored('a'))?.spec).toMatchObject(noNat);
});

it.each(['ask', 'enforce'] as const)('by enforce, then to %s, and deleted here: its object goes', async (to) => {
  await site.made();
  const enforced = await policy('enforce');
  await site.stands('a', { state: 'Synced', applied: { version: enforced } });
  await site.end();
  await unmake();
  await site.begin(losing(site.connection));
  await isMade();
  await site.end();
  if (to === 'ask') await policy(to);
  const { version: expectedVersion } = await site.api.caller('editor').pools.get({ name: 'a' });
  await site.api.caller('editor').pools.delete({ name: 'a', expectedVersion, reason: 'no more' });
  await site.begin();
  await soon(async () => expect(await site.stored('a')).toBe(null));
  // another one may come of what was sent and not answered: it is waited for
  await site.stands('a', { detail: { absentSince: expect.any(String) } });
});

/** Others deleted it, and a leader makes it again by force and ends. Returns the change that forced it. */
async function forcedUnheard(): Promise<number> {
  await site.made();
  await unmake();
  await site.stands('a', { reason: 'PoolDeletedInCluster' });
  await site.end();
  const forced = await force();
  await site.begin(losing(site.connection));
  await isMade();
  await site.end();
  return forced;
}

it('by force, which is not void by that', async () => {
  const before = await voids();
  const forced = await forcedUnheard();
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: forced } });
  expect(await voids()).toEqual(before);
});

it('force that is void, as what was sent before it is heard of only then: what was decided before it is carried out', async () => {
  await madeUnnoted(site);
  await update(noNat);
  const forced = await force();
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: forced } });
  expect((await site.stored('a'))?.spec).toMatchObject(noNat);
});

it('by force, which is used up by that: what others delete then stays so', async () => {
  const forced = await forcedUnheard();
  await site.edit('a', { natOutgoing: false });
  await site.begin();
  await site.stands('a', { state: 'OutOfSync', applied: { version: forced }, forceVersion: null });
  await unmake();
  await site.stands('a', { state: 'OutOfSync', reason: 'PoolDeletedInCluster' });
  expect(await site.stored('a')).toBe(null);
});

it('after it was deleted here: what others delete then, and a finalizer holds, is not made again unasked', async () => {
  const { pools } = site.api.caller('editor');
  await site.made();
  await site.end();
  const { version: expectedVersion } = await pools.get({ name: 'a' });
  await pools.delete({ name: 'a', expectedVersion, reason: 'no more' });
  await pools.create({ name: 'a', spec: nat });
  await unmake();
  await site.begin(losing(site.connection));
  await isMade();
  await site.end();
  await site.hold('a', ['example.org/wait']);
  await unmake();
  await site.begin();
  await site.stands('a', { state: 'OutOfSync', reason: 'BeingDeleted' });
  await site.hold('a', []);
  await site.stands('a', { state: 'OutOfSync', reason: 'PoolDeletedInCluster' });
  expect(await site.stored('a')).toBe(null);
});
