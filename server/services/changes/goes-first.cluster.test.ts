/** A pool was deleted here and made again, and the cluster has the object of before still: the rows of both say what they wait for. */
import { expect, it, onTestFinished } from 'vitest';
import { ledTerms, nat } from '../../../e2e/cluster/led-terms.ts';
import { grant, revoke } from '../../../e2e/cluster/rights.ts';
import { openConnection } from '../../kube/connection.ts';
import { failure, KubeError } from '../../kube/kube-error.ts';
import { fromKubeconfig } from '../../kube/kubeconfig.ts';
import { soon } from '../../testing/soon.ts';
import { listLivePools } from '../cluster/live-pools.ts';
import { getChange } from './list-changes.ts';

const site = ledTerms();
const reason = 'not needed';
const WAIT = 'example.com/wait';
const moved = { ...nat, cidr: '10.2.0.0/16' };

const pools = () => site.api.caller('editor').pools;
const deleted = async (): Promise<number> => {
  const { version } = await pools().get({ name: 'a' });
  return (await pools().delete({ name: 'a', expectedVersion: version, reason })).change.id;
};
const again = async (spec = moved): Promise<number> => (await pools().create({ name: 'a', spec })).change.id;
/** What the rows of its deletion and of its creation say. */
const told = async (rows: { deletion: number; creation: number }) => {
  const [{ notGone }, { goesFirst, waitsFor }] = await Promise.all([
    getChange(site.deps, rows.deletion),
    getChange(site.deps, rows.creation),
  ]);
  return { notGone, goesFirst, waitsFor };
};
const nothing = { notGone: null, goesFirst: null, waitsFor: [] };

it('while a finalizer holds it', async () => {
  await site.made();
  await site.hold('a', [WAIT]);
  const deletion = await deleted();
  await soon(async () => expect(await listLivePools(site.deps)).toMatchObject([{ deleting: true }]));
  const held = { names: ['a'], refused: null, finalizers: [WAIT] };
  expect((await getChange(site.deps, deletion)).notGone).toEqual(held);
  const creation = await again();
  expect(await told({ deletion, creation })).toEqual({ notGone: held, goesFirst: held, waitsFor: [] });
  // nor is it forgotten by what is decided next
  const off = { name: 'a', spec: { ...moved, natOutgoing: false }, expectedVersion: creation };
  const { change: last } = await pools().update(off);
  expect(await told({ deletion, creation: last.id })).toEqual({ notGone: held, goesFirst: held, waitsFor: [] });
  await site.hold('a', []);
  await site.stands('a', { state: 'Synced', applied: { version: last.id } });
  expect(await told({ deletion, creation })).toEqual(nothing);
});

it('so does a deletion from before the last, which the cluster has not taken either', async () => {
  await site.made();
  await site.hold('a', [WAIT]);
  const deletion = await deleted();
  await soon(async () => expect(await listLivePools(site.deps)).toMatchObject([{ deleting: true }]));
  await again();
  const last = await deleted();
  const held = { names: ['a'], refused: null, finalizers: [WAIT] };
  const both = async () => Promise.all([deletion, last].map(async (id) => (await getChange(site.deps, id)).notGone));
  expect(await both()).toEqual([held, held]);
  await again();
  expect(await both()).toEqual([held, held]);
});

it('while the right to delete it is missing', async () => {
  await site.made();
  await site.end();
  const keeper = openConnection(fromKubeconfig(site.server.kubeconfig, 'nobody'));
  const verbs = ['get', 'list', 'watch', 'patch', 'create'];
  const rule = [{ apiGroups: ['projectcalico.org'], resources: ['ippools'], verbs }];
  await grant(site.server, 'keeps', { kind: 'User', name: 'nobody' }, rule);
  onTestFinished(async () => {
    await keeper.close();
    await revoke(site.server, 'keeps');
  });
  await site.begin(keeper);
  const rows = { deletion: await deleted(), creation: await again() };
  await site.stands('a', { state: 'Forbidden' });
  const missing = 'delete ippools.projectcalico.org';
  const refused = { names: ['a'], refused: { message: expect.any(String), missing }, finalizers: [] };
  expect(await told(rows)).toEqual({ notGone: refused, goesFirst: refused, waitsFor: [] });
});

it('while the cluster refuses to delete it', async () => {
  await site.made();
  await site.end();
  const { connection } = site;
  await site.begin({
    ...connection,
    call: async (call) => {
      if (call.method === 'DELETE') throw new KubeError('', failure('forbidden', 'the webhook says no'));
      return connection.call(call);
    },
  });
  const rows = { deletion: await deleted(), creation: await again() };
  await site.stands('a', { state: 'Rejected', reason: 'DeletionRefused' });
  const refused = { names: ['a'], refused: { message: 'the webhook says no', missing: null }, finalizers: [] };
  expect(await told(rows)).toEqual({ notGone: refused, goesFirst: refused, waitsFor: [] });
});

it('while nobody leads', async () => {
  await site.made();
  await site.end();
  const rows = { deletion: await deleted(), creation: await again() };
  const waits = { names: ['a'], refused: null, finalizers: [] };
  expect(await told(rows)).toEqual({ notGone: waits, goesFirst: waits, waitsFor: [] });
});

it('where what is there stays and becomes what is desired, it is not waited for', async () => {
  await site.made();
  await site.end();
  const rows = { deletion: await deleted(), creation: await again({ ...nat, natOutgoing: false }) };
  expect(await told(rows)).toEqual(nothing);
});
