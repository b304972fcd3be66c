/** Settings of a FelixConfiguration of which an answer got lost, or that are decided as they were once: what was applied is known. */
import { expect, it } from 'vitest';
import { decidedSettings, FELIX } from '../../e2e/cluster/decided-settings.ts';
import { keptWrite } from '../../e2e/cluster/kept-write.ts';
import { ledTerms } from '../../e2e/cluster/led-terms.ts';
import { must } from '../../e2e/cluster/request.ts';
import { slowWrite } from '../../e2e/cluster/slow-write.ts';
import type { Connection } from '../kube/connection.ts';
import { failure, KubeError } from '../kube/kube-error.ts';
import { resolveSettings } from '../services/cluster/resolve-settings.ts';
import { previewSettings } from '../services/settings/preview-settings.ts';
import { soon } from '../testing/soon.ts';
import { editor } from '../testing/test-api.ts';
import { clusterFelix } from './cluster-pools.ts';

const site = ledTerms();
const settings = decidedSettings(site);
const [ports, other] = [{ natPortRange: '30000:40000' }, { natPortRange: '40000:50000' }];
const filter = { iptablesNATOutgoingInterfaceFilter: 'eth0' };
const stands = (expected: object) => soon(async () => expect(await settings.row()).toMatchObject(expected));
const synced = (version: number) => stands({ state: 'Synced', applied: { version } });

/** Of writes the first one is carried out, and nobody hears that. */
function losesAnswer(connection: Connection): Connection {
  let isLost = false;
  return {
    ...connection,
    async call(request) {
      const answer = await connection.call(request);
      if (request.method === 'GET' || isLost) return answer;
      isLost = true;
      throw new KubeError('', failure('unreachable', 'nobody answers'));
    },
  };
}

it.each([
  ['', {}],
  [', with another field', filter],
])('after the answer to the change was lost%s', async (_, more) => {
  await settings.made(ports);
  await site.end();
  await site.begin(losesAnswer(site.connection));
  await settings.mirrored();
  // the cluster has it, and that is known
  await synced(await settings.decide(other));
  await settings.isIdle();
  await synced(await settings.decide({ ...ports, ...more }));
  expect(await settings.spec()).toEqual({ ...ports, ...more });
});

it('after the answer to the first apply was lost, what others take away stays so', async () => {
  settings.cleaned();
  await site.begin(losesAnswer(site.connection));
  await settings.mirrored();
  const made = await settings.decide(ports);
  await stands({ state: 'Synced', applied: { version: made, spec: ports } });
  await settings.isIdle();
  await settings.edit({ natPortRange: null });
  await stands({ state: 'OutOfSync', reason: 'FieldChangedInCluster' });
  expect(await settings.spec()).toEqual({});
});

it('after a field was let go, of which nobody noted that it was carried out', async () => {
  await settings.made({ ...ports, ...filter });
  await site.end();
  await settings.decide(ports);
  const { connection, comes } = keptWrite(site.connection);
  await site.begin(connection);
  await soon(async () => expect((await settings.row())?.detail).toHaveProperty('message'));
  await site.end();
  await comes();
  const version = await settings.decide({ ...ports, ...filter });
  await site.begin();
  await synced(version);
  expect(await settings.spec()).toEqual({ ...ports, ...filter });
});

it('after others took it away, and that was taken', async () => {
  await settings.made({ ...ports, ...filter });
  await settings.edit({ natPortRange: null });
  await stands({ state: 'OutOfSync' });
  const { version: expectedVersion } = await site.api.caller('editor').settings.get();
  const theirs = { object: 'default', choice: 'theirs', expectedVersion, reason: 'so be it' } as const;
  const { change } = await resolveSettings(site.deps, editor, theirs);
  await synced(change.id);
  await settings.isIdle();
  await synced(await settings.decide({ ...ports, ...filter }));
  expect(await settings.spec()).toEqual({ ...ports, ...filter });
});

it('after others deleted the object, and they were emptied, before that is carried out', async () => {
  await settings.made(ports);
  await must(site.server.as('admin'), 'DELETE', `${FELIX}/default`);
  await stands({ state: 'OutOfSync', reason: 'SettingsDeletedInCluster' });
  await site.end();
  await settings.decide({});
  expect(await previewSettings(site.deps, { global: ports, nodes: {} })).toMatchObject({ deleted: [] });
  const version = await settings.decide(ports);
  expect(await previewSettings(site.deps, { global: other, nodes: {} })).toMatchObject({ deleted: [] });
  await site.begin();
  await synced(version);
  expect(await settings.spec()).toEqual(ports);
});

it('after they were let go, before the answer to that came: that is told as ours', async () => {
  await settings.made(ports);
  await site.end();
  const { connection, go, isSent } = slowWrite(site.connection);
  await site.begin(connection);
  await settings.mirrored();
  const emptied = await settings.decide({});
  await soon(async () => expect(isSent()).toBe(true));
  const again = await settings.decide(ports);
  go();
  await synced(again);
  const told = await site.api.database.db.query(
    `SELECT actor, cause::int, after->'global' AS has FROM live_change WHERE action = 'settings.update'
     ORDER BY sequence DESC LIMIT 2`,
  );
  expect(told).toEqual([
    { actor: 'outgate', cause: again, has: ports },
    { actor: 'outgate', cause: emptied, has: {} },
  ]);
});

it('a change of another field leaves what a backup brought back of one', async () => {
  await settings.made({ ...ports, ...filter });
  const before = { iptablesNATOutgoingInterfaceFilter: 'eth9' };
  const { uid } = (await settings.row())?.applied ?? { uid: '' };
  const backup = { name: 'default', spec: { ...ports, ...before }, uid, resourceVersion: null, force: false };
  await clusterFelix(site.connection, 'projectcalico.org/v3').apply(backup);
  await stands({ state: 'OutOfSync' });
  const version = await settings.decide({ ...other, ...filter });
  await stands({ state: 'OutOfSync', applied: { version } });
  expect(await settings.spec()).toEqual({ ...other, ...before });
});

it('what nobody decided here stays, also under our name: the database is another one', async () => {
  settings.cleaned();
  const theirs = { name: 'node.of-another', spec: ports, uid: null, resourceVersion: null, force: false };
  await clusterFelix(site.connection, 'projectcalico.org/v3').apply(theirs);
  await site.begin();
  await settings.mirrored();
  await settings.isIdle();
  await settings.decide(filter);
  await settings.isIdle();
  expect(await must(site.server.as('admin'), 'GET', `${FELIX}/node.of-another`)).toMatchObject({ spec: ports });
});
