/** A write that was sent long since is refused also where an operator took theirs, let go or adopted meanwhile, which writes nothing there. */
import { expect, it } from 'vitest';
import { endsBeforeNoting, madeUnnoted } from '../../e2e/cluster/ends-before-noting.ts';
import { history } from '../../e2e/cluster/history.ts';
import { type KeptWrite, keptWrite } from '../../e2e/cluster/kept-write.ts';
import { ledTerms, nat } from '../../e2e/cluster/led-terms.ts';
import { failure, KubeError } from '../kube/kube-error.ts';
import { adoptPools } from '../services/cluster/adopt-pools.ts';
import { resolvePool } from '../services/cluster/resolve-pool.ts';
import { soon } from '../testing/soon.ts';
import { editor as actor } from '../testing/test-api.ts';

const site = ledTerms();
const { policy, update, theirs } = history(site);
const noNat = { natOutgoing: false };
const reason = 'so be it';
const editor = () => site.api.caller('editor').pools;
const version = async () => (await editor().get({ name: 'a' })).version;
const isSent = () => soon(async () => expect((await site.stand('a'))?.detail).toHaveProperty('message'));

async function isRefusedLate(comes: KeptWrite['comes'], version: number): Promise<void> {
  await site.stands('a', { state: 'Synced', applied: { version } });
  const before = await site.stored('a');
  await expect(comes()).rejects.toMatchObject({ kind: 'stale' });
  expect(await site.stored('a')).toEqual(before);
}

/** Others take a field away, and a leader hangs as it writes that back: the policy is to enforce. */
async function enforcing(): Promise<KeptWrite> {
  await site.made({ ...nat, disableBGPExport: true });
  const enforced = await policy('enforce');
  await site.stands('a', { state: 'Synced', applied: { version: enforced } });
  await site.end();
  const kept = keptWrite(site.connection);
  await site.begin(kept.connection);
  await site.edit('a', { disableBGPExport: null });
  await isSent();
  return kept;
}

it('what others took away was written back, and theirs is taken', async () => {
  const { comes } = await enforcing();
  await site.end();
  const taken = await theirs();
  await site.begin();
  await isRefusedLate(comes, taken);
});

it('and so it is in one term', async () => {
  const { comes, heal } = await enforcing();
  const taken = await theirs();
  heal();
  await isRefusedLate(comes, taken);
});

it('what others took away was written back, and the field is let go', async () => {
  const { comes } = await enforcing();
  await site.end();
  await policy('ask');
  const choice = { choice: 'release-field', field: 'disableBGPExport' } as const;
  const decided = { ...choice, name: 'a', expectedVersion: await version(), reason };
  const { change } = await resolvePool(site.deps, actor, decided);
  await site.begin();
  await isRefusedLate(comes, change.id);
});

it('nobody noted that it was made, and theirs is taken', async () => {
  await madeUnnoted(site);
  await update(noNat);
  const { connection, comes } = keptWrite(site.connection);
  await site.begin(connection);
  await isSent();
  await site.end();
  const taken = await theirs();
  await site.begin();
  await isRefusedLate(comes, taken);
});

it('it was deleted and made again, theirs is taken, and the cluster refuses the first try', async () => {
  await madeUnnoted(site);
  // the object is known, and that it was applied is not
  await site.begin(keptWrite(site.connection).connection);
  await isSent();
  await site.end();
  await editor().delete({ name: 'a', expectedVersion: await version(), reason });
  const { connection, comes } = keptWrite(site.connection);
  await endsBeforeNoting(site, 'a', connection);
  await editor().create({ name: 'a', spec: { ...nat, ...noNat } });
  const taken = await theirs();
  let isBusy = true;
  await site.begin({
    ...site.connection,
    async call(request) {
      if (request.method === 'GET' || !isBusy) return site.connection.call(request);
      isBusy = false;
      throw new KubeError('', failure('busy', 'too many requests', { status: 429 }));
    },
  });
  await isRefusedLate(comes, taken);
});

it('it is let go and adopted again', async () => {
  const stated = { nodeSelector: 'all()', assignmentMode: 'Automatic' } as const;
  await site.made({ ...nat, ...stated });
  await site.end();
  await update({ ...noNat, ...stated });
  const { connection, comes } = keptWrite(site.connection);
  await endsBeforeNoting(site, 'a', connection);
  await resolvePool(site.deps, actor, { name: 'a', choice: 'release', expectedVersion: await version(), reason });
  const { change } = await adoptPools(site.deps, actor, { names: ['a'], reason });
  await site.begin();
  await isRefusedLate(comes, change.id);
});
