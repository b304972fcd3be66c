/** A write of settings that is carried out when something else is decided since. */
import { expect, it } from 'vitest';
import { decidedSettings } from '../../e2e/cluster/decided-settings.ts';
import { keptWrite } from '../../e2e/cluster/kept-write.ts';
import { ledTerms } from '../../e2e/cluster/led-terms.ts';
import type { Connection } from '../kube/connection.ts';
import { failure, KubeError } from '../kube/kube-error.ts';
import { soon } from '../testing/soon.ts';

const site = ledTerms();
const settings = decidedSettings(site);
const [ports, other] = [{ natPortRange: '30000:40000' }, { natPortRange: '40000:50000' }];
const isSent = () => soon(async () => expect((await settings.row())?.detail).toHaveProperty('message'));
const synced = (version: number) =>
  soon(async () => expect(await settings.row()).toMatchObject({ state: 'Synced', applied: { version } }));

async function isRefusedLate(comes: () => Promise<unknown>, version: number): Promise<void> {
  await synced(version);
  await expect(comes()).rejects.toMatchObject({ kind: 'stale' });
  expect(await settings.spec()).toEqual(ports);
  await settings.isIdle();
  await synced(version);
}

it.each([
  ['of a leader that stalled', true],
  ['of this very leader', false],
])('an apply %s changes nothing where it was changed back', async (_, isOther) => {
  await settings.made(ports);
  await site.end();
  const { connection, comes, heal } = keptWrite(site.connection);
  await site.begin(connection);
  await settings.mirrored();
  await settings.decide(other);
  await isSent();
  if (isOther) await site.end();
  const version = await settings.decide(ports);
  if (isOther) await site.begin();
  heal();
  await isRefusedLate(comes, version);
});

it('nor where others changed another field, and that is not as it is decided', async () => {
  const filter = { iptablesNATOutgoingInterfaceFilter: 'eth0' };
  await settings.made({ ...ports, ...filter });
  await settings.edit({ iptablesNATOutgoingInterfaceFilter: 'eth1' });
  await soon(async () => expect(await settings.row()).toMatchObject({ state: 'OutOfSync' }));
  await site.end();
  const { connection, comes } = keptWrite(site.connection);
  await site.begin(connection);
  await settings.mirrored();
  await settings.decide({ ...other, ...filter });
  await isSent();
  await site.end();
  const version = await settings.decide({ ...ports, ...filter });
  await site.begin();
  const stand = { state: 'OutOfSync', detail: { managers: ['kubectl-edit'] }, settledVersion: version };
  await soon(async () => expect(await settings.row()).toMatchObject(stand));
  await expect(comes()).rejects.toMatchObject({ kind: 'stale' });
  expect(await settings.spec()).toMatchObject(ports);
});

it('nor where a webhook alters another field of all that is sent', async () => {
  const filter = { iptablesNATOutgoingInterfaceFilter: 'eth0' };
  const connection: Connection = {
    ...site.connection,
    call(request) {
      const body = request.body as { spec?: object } | undefined;
      if (request.method === 'GET' || body?.spec === undefined) return site.connection.call(request);
      const spec = { ...body.spec, iptablesNATOutgoingInterfaceFilter: 'eth1' };
      return site.connection.call({ ...request, body: { ...body, spec } });
    },
  };
  settings.cleaned();
  await site.begin(connection);
  await settings.mirrored();
  await settings.decide({ ...ports, ...filter });
  await soon(async () => expect(await settings.row()).toMatchObject({ state: 'OutOfSync' }));
  await site.end();
  const kept = keptWrite(connection);
  await site.begin(kept.connection);
  await settings.mirrored();
  await settings.decide({ ...other, ...filter });
  await isSent();
  await site.end();
  // it is sent, and moves nothing
  const version = await settings.decide({ ...ports, iptablesNATOutgoingInterfaceFilter: 'eth2' });
  await site.begin(connection);
  await soon(async () => expect(await settings.row()).toMatchObject({ state: 'OutOfSync', settledVersion: version }));
  await expect(kept.comes()).rejects.toMatchObject({ kind: 'stale' });
  expect(await settings.spec()).toMatchObject(ports);
});

it('nor does one of which no answer came, and whose second try the cluster refused', async () => {
  const { connection, comes } = keptWrite(site.connection);
  let [isWell, refused] = [true, 0];
  await settings.made(ports);
  await site.end();
  await site.begin({
    ...connection,
    async call(request) {
      if (request.method === 'GET' || isWell) return site.connection.call(request);
      if (refused++ === 0) return connection.call(request);
      throw new KubeError('', failure('busy', 'too many requests', { status: 429 }));
    },
  });
  await settings.mirrored();
  await settings.isIdle();
  const filter = { iptablesNATOutgoingInterfaceFilter: 'eth0' };
  await synced(await settings.decide({ ...ports, ...filter }));
  await synced(await settings.decide(ports));
  isWell = false;
  await settings.decide(other);
  await soon(async () => expect(refused).toBeGreaterThan(1));
  const version = await settings.decide(ports);
  isWell = true;
  await isRefusedLate(comes, version);
});

it('where none may come, nothing is written to hold it off', async () => {
  await settings.made(ports);
  const version = await settings.objectVersion();
  await site.end();
  await site.begin();
  await settings.mirrored();
  await settings.isIdle();
  // another object is decided about
  const { version: expectedVersion } = await site.api.caller('editor').settings.get();
  const decided = { global: ports, nodes: { 'node-b': other } };
  await site.api.caller('editor').settings.update({ settings: decided, expectedVersion, reason: 'so it shall be' });
  await settings.isIdle();
  expect(await settings.objectVersion()).toBe(version);
});

it.each([
  ['to an object of others', true],
  ['that makes the object', false],
])(
  'an apply %s, of what was emptied since, comes while nobody leads: the next leader takes it away',
  async (_, exists) => {
    settings.cleaned();
    if (exists) await settings.makeOthers({ logSeverityScreen: 'Info' });
    const { connection, comes } = keptWrite(site.connection);
    await site.begin(connection);
    await settings.mirrored();
    await settings.decide(ports);
    await isSent();
    await settings.decide({});
    await soon(async () => expect(await settings.row()).toBe(undefined));
    await site.end();
    await comes();
    expect(await settings.spec()).toMatchObject(ports);
    await site.begin();
    await soon(async () => expect(await settings.spec()).not.toHaveProperty('natPortRange'));
  },
);
