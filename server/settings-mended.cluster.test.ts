/** What was written to a FelixConfiguration while it was not taken, and comes into force when that is mended, is told by who wrote it. */
import { beforeEach, expect, it } from 'vitest';
import { must, request } from '../e2e/cluster/request.ts';
import { FELIXES, POOLS, settingsSite } from '../e2e/cluster/settings-site.ts';
import { readLive } from './db/live.ts';
import { holdAll } from './testing/hold-all.ts';

const { admin, server, ask, soon, stored, edit, compared, stands, update, decide, choose } = settingsSite();

interface Row {
  readonly sequence: string;
  readonly actor: string;
  readonly action: string;
  readonly cause: string | null;
  readonly reason: string | null;
  readonly revision: string;
  readonly before: { global: object };
  readonly after: { global: object };
}

const written = 'written while FelixConfiguration default was not taken';
const inForce = { natOutgoingAddress: '203.0.113.7', natPortRange: '1024:65535' };
let before = 0;

/** In force as `kubectl-create` made it; then `kubectl-edit` moves the address too, and nothing of it is taken. */
beforeEach(async () => {
  await update({});
  await request(admin, 'DELETE', `${FELIXES}/default`);
  await soon(async () => expect((await readLive(server.db)).settings.global).toEqual({}));
  await must(admin, 'POST', `${FELIXES}?fieldManager=kubectl-create`, {
    apiVersion: 'projectcalico.org/v3',
    kind: 'FelixConfiguration',
    metadata: { name: 'default' },
    spec: inForce,
  });
  await soon(async () => expect((await readLive(server.db)).settings.global).toEqual(inForce));
  await edit({ natOutgoingAddress: '203.0.113.8', natPortRange: '0:70000' });
  await notTaken('N3 global.natPortRange');
});

const notTaken = async (...expected: string[]): Promise<void> => {
  await soon(async () =>
    expect((await compared()).problems.map(({ code, field }) => `${code} ${field}`)).toEqual(expected),
  );
  before = (await readLive(server.db)).sequence;
};

/** What came into force since, step by step: each begins where the one before ended, and the last is what is in force. */
const toldOf = async (global: object): Promise<Row[]> => {
  await soon(async () => expect((await readLive(server.db)).settings.global).toEqual(global));
  const rows = await server.db.query<Row>(
    `SELECT sequence, actor, action, cause, reason, revision, before, after FROM live_change
     WHERE sequence > $1 AND action LIKE 'settings.%' ORDER BY sequence`,
    [before],
  );
  const { settings, revision } = await readLive(server.db);
  expect(rows.at(-1)).toMatchObject({ revision, after: settings });
  expect(rows.slice(1).map((row) => row.before)).toEqual(rows.slice(0, -1).map((row) => row.after));
  expect(new Set(rows.map((row) => row.revision)).size).toBe(rows.length);
  return rows;
};

it('ours by force mends it: the address is told as theirs first, and our change moves what it decided', async () => {
  await decide({ global: { natPortRange: '2048:65535' } });
  await stands({ state: 'Contested' });
  const { id } = await choose('ours');
  await stands({ state: 'Synced' });
  const moved = { ...inForce, natOutgoingAddress: '203.0.113.8' };
  const now = { ...moved, natPortRange: '2048:65535' };
  expect(await toldOf(now)).toMatchObject([
    { actor: 'kubectl-edit', cause: null, reason: written, before: { global: inForce }, after: { global: moved } },
    { actor: 'outgate', cause: `${id}`, reason: null, before: { global: moved }, after: { global: now } },
  ]);
  const { changes } = await ask<{ changes: object[] }>('changes.list', { limit: 2 });
  expect(changes).toMatchObject([{ actor: 'kubectl-edit', role: 'cluster', reason: written }, { id }]);
  await holdAll(server.db);
  expect(await ask('changes.get', { id })).toMatchObject({ nodes: { holding: 1, total: 1 }, didNothing: null });
  await server.db.query(`DELETE FROM node WHERE name = 'holder'`);
});

it('ours that says what stayed in force moves nothing: what moves is theirs alone', async () => {
  await decide({ global: { natPortRange: inForce.natPortRange } });
  await stands({ state: 'Contested' });
  const { id } = await choose('ours');
  await stands({ state: 'Synced' });
  const now = { ...inForce, natOutgoingAddress: '203.0.113.8' };
  expect(await toldOf(now)).toMatchObject([{ actor: 'kubectl-edit', cause: null, after: { global: now } }]);
  await holdAll(server.db);
  expect(await ask('changes.get', { id })).toMatchObject({ nodes: { holding: 1, total: 1 }, didNothing: null });
  await server.db.query(`DELETE FROM node WHERE name = 'holder'`);
});

it('ours that says the same as theirs that was held back is told as ours, with all that it decided', async () => {
  await decide({ global: { natOutgoingAddress: '203.0.113.8', natPortRange: '2048:65535' } });
  await stands({ state: 'Contested' });
  const { id } = await choose('ours');
  await stands({ state: 'Synced' });
  const now = { natOutgoingAddress: '203.0.113.8', natPortRange: '2048:65535' };
  expect(await toldOf(now)).toMatchObject([
    { actor: 'outgate', cause: `${id}`, before: { global: inForce }, after: { global: now } },
  ]);
});

it('others mend it: what we and others wrote before is told of each by whom, addresses of nodes that are asked for too', async () => {
  const decided = await decide({ global: { natOutgoingExclusions: 'IPPoolsAndHostIPs' } });
  await stands({ state: 'Synced' });
  // a later one that is let go before it counts: it decided nothing of what stays
  await decide({ global: { natOutgoingExclusions: 'IPPoolsAndHostIPs', iptablesNATOutgoingInterfaceFilter: 'eth1' } });
  await stands({ state: 'Synced' });
  await choose('release', { fields: ['iptablesNATOutgoingInterfaceFilter'] });
  await soon(async () => expect((await stored())?.spec).not.toHaveProperty('iptablesNATOutgoingInterfaceFilter'));
  await edit({ natPortRange: '3072:65535' }, 'helm');
  const ours = { ...inForce, natOutgoingExclusions: 'IPPoolsAndHostIPs' };
  const theirs = { ...ours, natOutgoingAddress: '203.0.113.8' };
  const now = { ...theirs, natPortRange: '3072:65535' };
  expect(await toldOf(now)).toMatchObject([
    { actor: 'outgate', cause: `${decided}`, reason: null, after: { global: ours } },
    { actor: 'kubectl-edit', cause: null, reason: written, after: { global: theirs } },
    { actor: 'helm', cause: null, reason: null, after: { global: now } },
  ]);
  const hosts = `SELECT actor FROM live_change WHERE sequence = $1 AND action = 'hosts.update'`;
  expect(await server.db.query(hosts, [before + 1])).toEqual([{ actor: 'outgate' }]);
});

it('what was let go while it was not taken goes by that, when others mend it', async () => {
  await edit({ natPortRange: '3072:65535' });
  await decide({ global: { iptablesNATOutgoingInterfaceFilter: 'eth1' } });
  const moved = { natOutgoingAddress: '203.0.113.8', natPortRange: '3072:65535' };
  await toldOf({ ...moved, iptablesNATOutgoingInterfaceFilter: 'eth1' });
  await edit({ natPortRange: '0:70000' });
  await notTaken('N3 global.natPortRange');
  const { id } = await choose('release');
  await soon(async () => expect((await stored())?.spec).not.toHaveProperty('iptablesNATOutgoingInterfaceFilter'));
  await edit({ natPortRange: '4096:65535' }, 'helm');
  const now = { ...moved, natPortRange: '4096:65535' };
  expect(await toldOf(now)).toMatchObject([
    { actor: 'outgate', cause: `${id}`, after: { global: moved } },
    { actor: 'helm', cause: null, after: { global: now } },
  ]);
  await holdAll(server.db);
  expect(await ask('changes.get', { id })).toMatchObject({ nodes: { holding: 1, total: 1 }, didNothing: null });
  await server.db.query(`DELETE FROM node WHERE name = 'holder'`);
});

it('who wrote it and mends it is told once', async () => {
  await edit({ natPortRange: '3072:65535' });
  const now = { natOutgoingAddress: '203.0.113.8', natPortRange: '3072:65535' };
  expect(await toldOf(now)).toMatchObject([{ actor: 'kubectl-edit', reason: null, after: { global: now } }]);
});

it('a pool that goes mends it: each field is told by who wrote it', async () => {
  const made = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'inside' } };
  await must(admin, 'POST', POOLS, { ...made, spec: { cidr: '203.0.113.0/26', natOutgoing: true } });
  await edit({ natPortRange: '3072:65535' }, 'helm');
  await notTaken('N6 global.natOutgoingAddress');
  await must(admin, 'DELETE', `${POOLS}/inside`);
  const moved = { ...inForce, natOutgoingAddress: '203.0.113.8' };
  const now = { ...moved, natPortRange: '3072:65535' };
  expect(await toldOf(now)).toMatchObject([
    { actor: 'kubectl-edit', cause: null, reason: written, after: { global: moved } },
    { actor: 'helm', cause: null, reason: written, after: { global: now } },
  ]);
});
