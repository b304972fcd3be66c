/** Force that nobody has applied yet, and after which something else is decided about the pool or the settings: it says what came before it. */
import { expect, it } from 'vitest';
import { readLivePool } from '../../../core/cluster/live-pool.ts';
import { readLiveFelix } from '../../../core/cluster/live-settings.ts';
import type { VoidForce } from '../../../core/cluster/void-force.ts';
import type { NatSettings } from '../../../core/nat/settings.ts';
import type { Pool } from '../../../core/pool/spec.ts';
import { isLive } from '../../../core/wire/change-number.ts';
import { mirror } from '../../controller/mirror.ts';
import { beginTerm, lockLive } from '../../db/live.ts';
import { writeLiveFelixes } from '../../db/live-felix.ts';
import { newSync, settingsSync, writeOutcomes, writeSync } from '../../db/sync.ts';
import { untilSomebodyWaits } from '../../db/testing.ts';
import { writeVoidForce } from '../../db/void-force.ts';
import { editor } from '../../testing/test-api.ts';
import { unheardSite } from '../../testing/unheard-cluster.ts';
import type { Actor } from '../actor.ts';
import { getChange, listChanges } from '../changes/list-changes.ts';
import { revertChange } from '../changes/revert-change.ts';
import { importPools } from '../pools/import-pools.ts';
import { createPool, deletePool, updatePool } from '../pools/write-pool.ts';
import { writeYaml } from '../pools/write-yaml.ts';
import { getSettings, updateSettings } from '../settings/settings.ts';
import { resolvePool, setPolicy } from './resolve-pool.ts';
import { resolveSettings } from './resolve-settings.ts';

const site = unheardSite();

const ann: Actor = { ...editor, name: 'ann' };
const reason = 'it must be so';
const didNothing = async (id: number) => (await getChange(site.deps, id)).didNothing;
const overtakenBy = (id: number, by = ann) => `change #${id} by ${by.name} came before it was carried out`;

/** A pool of ours, of which the cluster has `natOutgoing` otherwise, as kubectl-edit set it. */
async function edited({ name, spec }: Pool): Promise<number> {
  const { change } = await createPool(site.deps, editor, { name, spec });
  const managedFields = [
    { manager: 'kubectl-edit', operation: 'Update', fieldsV1: { 'f:spec': { 'f:natOutgoing': {}, 'f:disabled': {} } } },
  ];
  const { db } = site.api.database;
  const epoch = await beginTerm(db, 'test');
  for (const [at, natOutgoing] of [true, false].entries()) {
    const metadata = { name, uid: 'uid', resourceVersion: `${at + 1}`, managedFields };
    const live = readLivePool({ metadata, spec: { ...spec, natOutgoing } });
    await mirror(db, epoch, { seen: live === null ? [] : [live], gone: [] });
  }
  await writeSync(db, [{ ...newSync(name), applied: { uid: 'uid', version: change.id, spec } }]);
  return change.id;
}
const forced = async (name: string, expectedVersion: number, actor = editor): Promise<number> =>
  (await resolvePool(site.deps, actor, { name, choice: 'ours', expectedVersion, reason })).change.id;

interface Forced {
  readonly pool: Pool;
  /** the change that made it */
  readonly made: number;
  readonly expectedVersion: number;
}
type Change = Promise<{ readonly change: { readonly id: number } | null }>;
const resolve =
  (choice: 'theirs' | 'ours' | 'release') =>
  ({ pool: { name }, expectedVersion }: Forced): Change =>
    resolvePool(site.deps, ann, { name, choice, expectedVersion, reason });
const overtakers: [what: string, (forced: Forced) => Change][] = [
  [
    'an edit of the pool',
    ({ pool: { name, spec }, expectedVersion }) =>
      updatePool(site.deps, ann, { name, spec: { ...spec, disabled: true }, expectedVersion }),
  ],
  [
    'an import that writes it',
    async ({ pool: { name, spec } }) =>
      importPools(site.deps, ann, { yaml: await writeYaml([{ name, spec: { ...spec, disabled: true } }], 'v3') }),
  ],
  ['a revert that takes it away', ({ made: id }) => revertChange(site.deps, ann, { id, reason })],
  [
    'its deletion',
    ({ pool: { name }, expectedVersion }) => deletePool(site.deps, ann, { name, expectedVersion, reason }),
  ],
  [
    'another policy',
    ({ pool: { name }, expectedVersion }) =>
      setPolicy(site.deps, ann, { name, policy: 'enforce', expectedVersion, reason }),
  ],
  [
    'a released field',
    ({ pool: { name }, expectedVersion }) =>
      resolvePool(site.deps, ann, { name, choice: 'release-field', field: 'disabled', expectedVersion, reason }),
  ],
  ['the pool of the cluster that is taken over', resolve('theirs')],
  ['a pool that is released', resolve('release')],
  ['force that is decided once more', resolve('ours')],
];

it.each(overtakers)('by %s', async (what, overtake) => {
  const at = overtakers.findIndex(([one]) => one === what);
  const pool = { name: `a${at}`, spec: { cidr: `10.${at}.0.0/16`, natOutgoing: true } };
  const made = await edited(pool);
  const expectedVersion = await forced(pool.name, made);
  expect(await didNothing(expectedVersion)).toBe(null);
  const { change } = await overtake({ pool, made, expectedVersion });
  if (change === null) throw new Error('something must change');
  expect(await didNothing(expectedVersion)).toBe(overtakenBy(change.id));
  expect(await didNothing(change.id)).toBe(null);
  const listed = (await listChanges(site.deps, { pool: pool.name, limit: 20 })).changes;
  const ours = listed.filter(({ id }) => !isLive(id));
  expect(ours.map((one) => [one.id, one.didNothing])).toEqual([
    [change.id, null],
    [expectedVersion, overtakenBy(change.id)],
    [made, null],
  ]);
});

it('by the first change after it, and no later one; nor by one of another pool or that fails', async () => {
  const pool = { name: 'b', spec: { cidr: '10.100.0.0/16', natOutgoing: true } };
  const first = await forced('b', await edited(pool));
  await createPool(site.deps, ann, { name: 'other', spec: { cidr: '10.101.0.0/16' } });
  await createPool(site.deps, ann, { name: 'beside', spec: { cidr: '10.102.0.0/16' } });
  const stale = { ...pool, spec: { ...pool.spec, disabled: true }, expectedVersion: first - 1 };
  await expect(updatePool(site.deps, ann, stale)).rejects.toMatchObject({ reason: 'VERSION_STALE' });
  const overlapping = { name: 'over', spec: { cidr: '10.100.0.0/17' } };
  await expect(createPool(site.deps, ann, overlapping)).rejects.toMatchObject({ reason: 'POOL_VIOLATIONS' });
  await importPools(site.deps, ann, { yaml: await writeYaml([stale], 'v3'), dryRun: true });
  expect(await didNothing(first)).toBe(null);
  const { change } = await updatePool(site.deps, ann, { ...stale, expectedVersion: first });
  const second = await forced('b', change.id);
  const { change: last } = await updatePool(site.deps, ann, { ...pool, expectedVersion: second });
  expect([await didNothing(first), await didNothing(second)]).toEqual([overtakenBy(change.id), overtakenBy(last.id)]);
});

const portRange = { natPortRange: '30000:40000' };
async function update(global: NatSettings, nodes: Record<string, NatSettings> = {}): Promise<number> {
  const { version: expectedVersion } = await getSettings(site.deps);
  return (await updateSettings(site.deps, ann, { settings: { global, nodes }, expectedVersion, reason })).change.id;
}
async function decided(choice: 'theirs' | 'ours', actor = ann): Promise<number> {
  const { version: expectedVersion } = await getSettings(site.deps);
  return (await resolveSettings(site.deps, actor, { object: 'default', choice, expectedVersion, reason })).change.id;
}
/** Settings of ours that the cluster has otherwise. */
async function editedSettings(): Promise<void> {
  const { db } = site.api.database;
  const version = await update(portRange);
  const metadata = { name: 'default', uid: 'uid', resourceVersion: '1' };
  const felix = readLiveFelix({ metadata, spec: { natPortRange: '50000:60000' } });
  await writeLiveFelixes(db, felix === null ? [] : [felix], []);
  const applied = { uid: 'uid', version, spec: portRange };
  await settingsSync.write(db, [{ ...newSync('default'), applied }]);
}

it('of settings by a change of the same object, and of no other', async () => {
  await editedSettings();
  const first = await decided('ours');
  const nodes = { n: { natPortRange: '1:2' } };
  await update(portRange, nodes);
  expect(await didNothing(first)).toBe(null);
  const edit = await update({ ...portRange, natOutgoingAddress: '192.0.2.1' }, nodes);
  expect(await didNothing(first)).toBe(overtakenBy(edit));
  const second = await decided('ours', editor);
  const third = await decided('ours');
  expect(await didNothing(second)).toBe(overtakenBy(third));
  const theirs = await decided('theirs');
  expect(await didNothing(third)).toBe(overtakenBy(theirs));
  expect(await didNothing(theirs)).toBe(null);
});

it('what the leader finds moved at the same time stays what is told', async () => {
  const { db } = site.api.database;
  const pool = { name: 'c', spec: { cidr: '10.110.0.0/16', natOutgoing: true } };
  const expectedVersion = await forced('c', await edited(pool));
  const epoch = await beginTerm(db, 'test');
  await editedSettings();
  const settings = await decided('ours');
  const found = (change: number): VoidForce => ({ change, why: () => 'it moved' });
  const stand = { state: 'OutOfSync', reason: 'FieldChangedInCluster', detail: {}, applied: null } as const;
  const edits: Promise<unknown>[] = [];
  await db.transaction(async (tx) => {
    await lockLive(tx, epoch);
    edits.push(updatePool(site.deps, ann, { name: 'c', spec: { ...pool.spec, disabled: true }, expectedVersion }));
    await untilSomebodyWaits(db);
    await writeOutcomes(tx, [{ name: 'c', ...stand, forceVoid: expectedVersion }]);
    await writeVoidForce(tx, found(expectedVersion));
  });
  await Promise.all(edits);
  await db.transaction(async (tx) => {
    await lockLive(tx, epoch);
    edits.push(update({ natPortRange: '1:2' }));
    await untilSomebodyWaits(db);
    await writeVoidForce(tx, found(settings));
    await settingsSync.writeOutcomes(tx, [{ name: 'default', ...stand, forceVoid: settings }]);
  });
  await Promise.all(edits);
  expect([await didNothing(expectedVersion), await didNothing(settings)]).toEqual(['it moved', 'it moved']);
});
