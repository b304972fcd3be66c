/** A write that was sent long since is refused also where the pool is not as it is decided now, and nothing of that is written. */
import { expect, it } from 'vitest';
import type { PoolSpec } from '../../core/pool/spec.ts';
import { endsBeforeNoting } from '../../e2e/cluster/ends-before-noting.ts';
import { history } from '../../e2e/cluster/history.ts';
import { keptWrite } from '../../e2e/cluster/kept-write.ts';
import { ledTerms, nat, POOLS } from '../../e2e/cluster/led-terms.ts';
import { must } from '../../e2e/cluster/request.ts';
import type { Connection } from '../kube/connection.ts';
import { resolvePool } from '../services/cluster/resolve-pool.ts';
import { soon } from '../testing/soon.ts';
import { editor } from '../testing/test-api.ts';

const site = ledTerms();
const { update } = history(site);
const noNat = { natOutgoing: false };
const uses: Pick<PoolSpec, 'allowedUses'> = { allowedUses: ['Workload'] };
const isSent = () => soon(async () => expect((await site.stand('a'))?.detail).toHaveProperty('message'));

async function isRefusedLate(comes: () => Promise<unknown>, stand: object): Promise<void> {
  await site.stands('a', stand);
  await soon(async () => expect(site.leading?.queued()).toBe(0));
  const before = await site.stored('a');
  await expect(comes()).rejects.toMatchObject({ kind: 'stale' });
  expect(await site.stored('a')).toEqual(before);
  expect(before?.spec).toMatchObject({ natOutgoing: true });
  // nor does the next leader write to hold it off once more
  await site.end();
  await site.begin();
  await soon(async () => expect(site.leading?.mirrored().pools).toBe(true));
  await soon(async () => expect(site.leading?.queued()).toBe(0));
  expect(await site.stored('a')).toEqual(before);
  expect(await site.stand('a')).toMatchObject(stand);
}

it('others added an item to a set, which stays theirs', async () => {
  await site.made({ ...nat, ...uses });
  await site.edit('a', { allowedUses: ['Workload', 'Tunnel'] });
  await site.stands('a', { state: 'OutOfSync' });
  await site.end();
  await update({ ...uses, ...noNat });
  const { connection, comes } = keptWrite(site.connection);
  await endsBeforeNoting(site, 'a', connection);
  const version = await update(uses);
  await site.begin();
  await isRefusedLate(comes, { state: 'OutOfSync', reason: 'FieldChangedInCluster', settledVersion: version });
  const ours = (await site.stored('a'))?.metadata.managedFields.find(({ manager }) => manager === 'outgate');
  expect(ours).toMatchObject({ fieldsV1: { 'f:spec': { 'f:allowedUses': { 'v:"Workload"': {} } } } });
  expect(JSON.stringify(ours)).not.toContain('Tunnel');
});

it('and so it is in one term', async () => {
  await site.made({ ...nat, ...uses });
  await site.edit('a', { allowedUses: ['Workload', 'Tunnel'] });
  await site.stands('a', { state: 'OutOfSync' });
  await site.end();
  const { connection, comes, heal } = keptWrite(site.connection);
  await site.begin(connection);
  await update({ ...uses, ...noNat });
  await isSent();
  const version = await update(uses);
  heal();
  await isRefusedLate(comes, { state: 'OutOfSync', reason: 'FieldChangedInCluster', applied: { version } });
});

it('others decided a field, and what is decided now is Contested', async () => {
  await site.made({ ...nat, disabled: true });
  await site.edit('a', { disabled: false });
  await site.stands('a', { state: 'OutOfSync' });
  await site.end();
  await update({ ...noNat, disabled: false });
  const { connection, comes } = keptWrite(site.connection);
  await endsBeforeNoting(site, 'a', connection);
  const version = await update({ disabled: true });
  await site.begin();
  await isRefusedLate(comes, { state: 'Contested', reason: 'FieldOwnedByOther', settledVersion: version });
});

it('others decided fields that were enforced and are let go since, and another one', async () => {
  const { policy } = history(site);
  await site.made({ ...nat, ...uses, disableBGPExport: true });
  const enforced = await policy('enforce');
  await site.stands('a', { state: 'Synced', applied: { version: enforced } });
  await site.end();
  const { connection, comes } = keptWrite(site.connection);
  await site.begin(connection);
  await site.edit('a', { disableBGPExport: null, disabled: true, allowedUses: ['Workload', 'Tunnel'] });
  await isSent();
  await site.end();
  await policy('ask');
  for (const field of ['disableBGPExport', 'disabled'] as const) {
    const { version: expectedVersion } = await site.api.caller('editor').pools.get({ name: 'a' });
    const choice = { choice: 'release-field', field, name: 'a', expectedVersion, reason: 'so be it' } as const;
    await resolvePool(site.deps, editor, choice);
  }
  await site.begin();
  await isRefusedLate(comes, { state: 'OutOfSync', detail: { fields: ['allowedUses'] } });
  expect((await site.stored('a'))?.spec).toMatchObject({ disabled: true });
});

it('a pool that GitOps owns by now is not written to, whatever may come late', async () => {
  await site.made();
  await site.end();
  await update(noNat);
  const { connection, comes } = keptWrite(site.connection);
  await endsBeforeNoting(site, 'a', connection);
  await update({});
  const annotations = { 'argocd.argoproj.io/tracking-id': 'net' };
  await must(site.server.as('admin'), 'PATCH', `${POOLS}/a?fieldManager=argocd`, { metadata: { annotations } });
  const before = await site.stored('a');
  await site.begin();
  await site.stands('a', { state: 'Synced', detail: { managers: ['argocd'] } });
  expect(await site.stored('a')).toEqual(before);
  await expect(comes()).rejects.toMatchObject({ kind: 'stale' });
});

/** As a webhook that alters a field of all that is applied. */
const altered = (connection: Connection): Connection => ({
  ...connection,
  call(request) {
    const body = request.body as { spec?: object } | undefined;
    if (request.method === 'GET' || body?.spec === undefined) return connection.call(request);
    return connection.call({ ...request, body: { ...body, spec: { ...body.spec, nodeSelector: 'has(x)' } } });
  },
});

it('a webhook alters a field', async () => {
  const everywhere = { nodeSelector: 'all()' } as const;
  const connection = altered(site.connection);
  await site.begin(connection);
  await site.api.caller('editor').pools.create({ name: 'a', spec: { ...nat, ...everywhere } });
  await site.stands('a', { state: 'OutOfSync' });
  await site.end();
  await update({ ...everywhere, ...noNat });
  const kept = keptWrite(connection);
  await endsBeforeNoting(site, 'a', kept.connection);
  const version = await update(everywhere);
  await site.begin(connection);
  await isRefusedLate(kept.comes, { state: 'OutOfSync', applied: { version } });
});
