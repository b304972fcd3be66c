import { expect, it } from 'vitest';
import type { PoolSpec } from '../pool/spec.ts';
import { applyBody, compareFields, differingFields } from './compare.ts';
import { decideSync, type SyncInput } from './decide-sync.ts';
import { type LivePool, readLivePool } from './live-pool.ts';

const claim = (manager: string, operation: string, fields: readonly string[]): object => ({
  manager,
  operation,
  fieldsV1: { 'f:spec': Object.fromEntries(fields.map((field) => [`f:${field}`, {}])) },
});

function live(spec: unknown, managedFields: readonly object[], extra: object = {}): LivePool {
  const metadata = { name: 'a', uid: 'u1', resourceVersion: '7', managedFields, ...extra };
  const read = readLivePool({ metadata, spec });
  if (read === null) throw new Error('not an object');
  return read;
}

const asDesired = { do: 'nothing', state: 'Synced', reason: 'AsDesired' };
const nobody = { fields: [], managers: [] };
const spec: PoolSpec = { cidr: '10.1.0.0/16', natOutgoing: true };
const ours = claim('outgate', 'Apply', ['cidr', 'natOutgoing']);
const input = (over: Partial<SyncInput>): SyncInput => ({
  desired: { name: 'a', spec, version: 5 },
  live: live(spec, [ours]),
  applied: { uid: 'u1', version: 5 },
  remade: false,
  policy: 'ask',
  released: [],
  forced: false,
  ...over,
});

it('what the cluster says is what is wanted: nothing to do', () => {
  expect(decideSync(input({}))).toMatchObject({ do: 'nothing', state: 'Synced', reason: 'AsDesired' });
  const newer = input({ applied: { uid: 'u1', version: 3 } });
  expect(decideSync(newer)).toMatchObject({ do: 'nothing', state: 'Synced' });
});

it('of a pool that was deleted here and made again as it was the cluster is asked', () => {
  expect(decideSync(input({ remade: true }))).toEqual({ do: 'apply', spec, uid: 'u1', force: false });
});

it('an adopted pool is claimed by an apply of the values that it has', () => {
  const found = live(spec, [claim('kubectl-create', 'Update', ['cidr', 'natOutgoing'])]);
  expect(decideSync(input({ live: found }))).toEqual({ do: 'apply', spec, uid: 'u1', force: false });
});

it('a new pool is created, a decision about a pool of ours is applied to that very object, unforced', () => {
  expect(decideSync(input({ live: null, applied: null }))).toEqual({ do: 'apply', spec, uid: null, force: false });
  const off = { cidr: '10.1.0.0/16', natOutgoing: false };
  expect(decideSync(input({ desired: { name: 'a', spec: off, version: 6 } }))).toEqual({
    do: 'apply',
    spec: off,
    uid: 'u1',
    force: false,
  });
});

it('a pool that was made under our name, and not noted, is applied again, unforced', () => {
  const expected = { do: 'apply', spec, uid: 'u1', force: false };
  expect(decideSync(input({ applied: null }))).toEqual(expected);
  const older = live({ cidr: '10.1.0.0/16' }, [ours]);
  expect(decideSync(input({ live: older, applied: null }))).toEqual(expected);
});

it('a field changed in the cluster is shown with its manager, and written over where the policy says so', () => {
  const edited = live({ ...spec, natOutgoing: false }, [
    claim('outgate', 'Apply', ['cidr']),
    claim('kubectl-edit', 'Update', ['natOutgoing']),
  ]);
  expect(decideSync(input({ live: edited }))).toEqual({
    do: 'nothing',
    state: 'OutOfSync',
    reason: 'FieldChangedInCluster',
    fields: ['natOutgoing'],
    managers: ['kubectl-edit'],
  });
  expect(decideSync(input({ live: edited, policy: 'enforce' }))).toMatchObject({ do: 'apply', force: true });
  expect(decideSync(input({ live: edited, forced: true }))).toMatchObject({ do: 'apply', force: true });
});

it('a pool deleted in the cluster is not made again by itself', () => {
  expect(decideSync(input({ live: null }))).toMatchObject({ state: 'OutOfSync', reason: 'PoolDeletedInCluster' });
  expect(decideSync(input({ live: null, policy: 'enforce' }))).toMatchObject({ do: 'apply', uid: null });
  expect(decideSync(input({ live: null, forced: true }))).toMatchObject({ do: 'apply', uid: null });
  const again = live(spec, [claim('kubectl-create', 'Update', ['cidr'])], { uid: 'u2' });
  expect(decideSync(input({ live: again }))).toMatchObject({ reason: 'PoolMadeAgain', managers: ['kubectl'] });
});

it('a pool of somebody else is left alone', () => {
  const helm = live({ ...spec, disabled: true }, [ours], { annotations: { 'meta.helm.sh/release-name': 'net' } });
  for (const policy of ['ask', 'enforce'] as const) {
    expect(decideSync(input({ live: helm, policy }))).toMatchObject({ reason: 'OwnedElsewhere', managers: ['helm'] });
    const found = live(spec, [claim('kubectl-create', 'Update', ['cidr'])]);
    expect(decideSync(input({ live: found, applied: null, policy }))).toMatchObject({ reason: 'NotAdopted' });
  }
});

it('a pool of ours that says what is desired is as it should be, whoever holds it too, and whoever owns it by now', () => {
  const applier = claim('gateway', 'Apply', ['cidr', 'natOutgoing']);
  const marked = live(spec, [ours], { annotations: { 'meta.helm.sh/release-name': 'net' } });
  for (const policy of ['ask', 'enforce'] as const) {
    expect(decideSync(input({ live: live(spec, [ours, applier]), policy }))).toEqual({ ...asDesired, ...nobody });
    expect(decideSync(input({ live: marked, policy }))).toEqual({ ...asDesired, ...nobody, managers: ['helm'] });
    // one of theirs is theirs
    expect(decideSync(input({ live: live(spec, [applier]), applied: null, policy }))).toMatchObject({
      reason: 'OwnedElsewhere',
      managers: ['gateway'],
    });
  }
});

it('another value that a stranger applies by force is a change in the cluster, and theirs', () => {
  const there = live({ ...spec, natOutgoing: false }, [
    claim('outgate', 'Apply', ['cidr']),
    claim('gateway', 'Apply', ['cidr', 'natOutgoing']),
  ]);
  const changed = { reason: 'FieldChangedInCluster', fields: ['natOutgoing'], managers: ['gateway'] };
  expect(decideSync(input({ live: there }))).toMatchObject(changed);
  expect(decideSync(input({ live: there, policy: 'enforce' }))).toMatchObject({ do: 'apply', force: true });
});

it('an object that Calico cannot decode is named, not written', () => {
  const odd = live({ ...spec, natOutgoing: 'yes' }, [ours]);
  expect(odd).toMatchObject({ pool: null, problems: [{ field: 'spec.natOutgoing' }] });
  expect(decideSync(input({ live: odd }))).toMatchObject({ reason: 'Unreadable' });
  // and so is who wrote what is odd in it
  const theirs = live({ ...spec, natOutgoing: 'yes' }, [ours, claim('kubectl-edit', 'Update', ['natOutgoing'])]);
  expect(decideSync(input({ live: theirs }))).toMatchObject({ fields: ['natOutgoing'], managers: ['kubectl-edit'] });
  expect(live(undefined, [])).toMatchObject({ pool: null, problems: [{ field: 'spec' }] });
});

it('words and fields that we do not know do not hide the pool', () => {
  const read = live({ ...spec, ipipMode: 'Sometimes', later: 1, disabled: null }, [ours]);
  expect(read.pool?.spec).toEqual(spec);
  expect(read.problems.map(({ field }) => field).sort()).toEqual(['spec.ipipMode', 'spec.later']);
});

it('compares meaning, not text: defaults, spelling of a CIDR, the order of a set', () => {
  const wanted: PoolSpec = { cidr: 'fd00::/64', natOutgoing: true, allowedUses: ['Workload', 'Tunnel'] };
  const held: PoolSpec = {
    cidr: 'FD00:0::/64',
    natOutgoing: true,
    allowedUses: ['Tunnel', 'Workload'],
    blockSize: 124,
  };
  expect(differingFields(wanted, held)).toEqual([]);
  expect(differingFields({ ...wanted, blockSize: 122 }, held)).toEqual(['blockSize']);
  expect(differingFields(wanted, { ...held, disabled: true })).toEqual(['disabled']);
});

it('the body states natOutgoing, and the default of what the cluster has otherwise', () => {
  expect(applyBody({ cidr: '10.1.0.0/16' }, null)).toEqual({ cidr: '10.1.0.0/16', natOutgoing: false });
  const held: PoolSpec = { cidr: '10.1.0.0/16', disabled: true, nodeSelector: 'all()' };
  expect(applyBody({ cidr: '10.1.0.0/16' }, { ...held, natOutgoing: true })).toEqual({
    cidr: '10.1.0.0/16',
    natOutgoing: false,
    disabled: false,
  });
});

it('what means the same is sent as it stands there: an apply that is to move nothing writes nothing', () => {
  const held: PoolSpec = { cidr: 'FD00:0::7/64' };
  expect(applyBody({ cidr: 'fd00::/64' }, held)).toEqual(held);
  expect(applyBody({ cidr: 'fd00::/64', natOutgoing: false }, held)).toEqual({ ...held, natOutgoing: false });
  expect(applyBody({ cidr: 'fd00:1::/64' }, held)).toEqual({ cidr: 'fd00:1::/64' });
  const adopted = decideSync(
    input({ desired: { name: 'public', spec: { cidr: 'fd00::/64' }, version: 3 }, live: live(held, []) }),
  );
  expect(adopted).toMatchObject({ do: 'apply', spec: held, force: false });
});

it('the three-way view names who holds what', () => {
  const held = live({ ...spec, natOutgoing: false }, [ours, claim('kubectl-edit', 'Update', ['natOutgoing'])]);
  const rows = compareFields({ desired: spec, live: held.pool?.spec ?? null, applied: spec, claims: held.claims });
  expect(rows).toEqual([
    {
      field: 'cidr',
      desired: '10.1.0.0/16',
      live: '10.1.0.0/16',
      applied: '10.1.0.0/16',
      differs: false,
      managers: [],
    },
    { field: 'natOutgoing', desired: true, live: false, applied: true, differs: true, managers: ['kubectl-edit'] },
  ]);
});

it('of a released field that was left out nothing was applied, and no default stands for it', () => {
  const held = live(spec, [claim('outgate', 'Apply', ['cidr']), claim('gateway', 'Apply', ['natOutgoing'])]);
  const sides = {
    desired: spec,
    live: held.pool?.spec ?? null,
    claims: held.claims,
    released: ['natOutgoing'] as const,
  };
  const appliedOf = (applied: PoolSpec) => compareFields({ ...sides, applied }).map((row) => row.applied);
  expect(appliedOf({ cidr: spec.cidr })).toEqual([spec.cidr, null]);
  // what was applied before it was let go, and not written over since, is said
  expect(appliedOf(spec)).toEqual([spec.cidr, true]);
});

const theirs = (manager: string, operation = 'Update') => claim(manager, operation, ['natOutgoing']);
const edited = (...claims: object[]) => live({ ...spec, natOutgoing: false }, claims);
const released = ['natOutgoing'] as const;

it('a released field is not compared, and no policy or force reaches it', () => {
  const there = edited(claim('outgate', 'Apply', ['cidr']), theirs('kubectl-edit'));
  expect(decideSync(input({ live: there, released }))).toMatchObject(asDesired);
  expect(decideSync(input({ live: there, released, policy: 'enforce' }))).toMatchObject(asDesired);
  expect(decideSync(input({ live: there, released, forced: true }))).toMatchObject(asDesired);
  // of what else differs it is as ever, and the body leaves the field out
  const more = live({ ...spec, natOutgoing: false, disabled: true }, [ours, theirs('kubectl-edit')]);
  const enforced = decideSync(input({ live: more, released, policy: 'enforce' }));
  expect(enforced).toMatchObject({
    spec: { cidr: spec.cidr, disabled: false },
    force: true,
    over: { fields: ['disabled'] },
  });
  expect(enforced).not.toHaveProperty('spec.natOutgoing');
});

it('what we hold of a released field beside others is let go, also while another field waits for a decision', () => {
  const shared = edited(ours, theirs('kustomize-controller', 'Apply'));
  const letGo = { do: 'apply', spec: { cidr: spec.cidr }, uid: 'u1', force: false };
  expect(decideSync(input({ live: shared, released }))).toEqual(letGo);
  const more = live({ ...spec, disabled: true }, [ours, theirs('kustomize-controller', 'Apply')]);
  expect(decideSync(input({ live: more, released }))).toEqual(letGo);
  const gone = live({ ...spec, disabled: true }, [
    claim('outgate', 'Apply', ['cidr']),
    theirs('kustomize-controller', 'Apply'),
  ]);
  expect(decideSync(input({ live: gone, released }))).toMatchObject({ state: 'OutOfSync', fields: ['disabled'] });
});

it('a released field that we hold alone by now stays as the cluster has it', () => {
  const alone = edited(ours);
  expect(decideSync(input({ live: alone, released }))).toMatchObject(asDesired);
  const newer = { name: 'a', spec: { ...spec, disabled: true }, version: 6 };
  expect(decideSync(input({ live: alone, released, desired: newer }))).toMatchObject({
    spec: { cidr: spec.cidr, natOutgoing: false, disabled: true },
  });
});

const uses = (manager: string, ...items: string[]) => ({
  manager,
  operation: 'Apply',
  fieldsV1: { 'f:spec': { 'f:allowedUses': Object.fromEntries(items.map((item) => [`v:"${item}"`, {}])) } },
});

it('of a set it is the items that have owners', () => {
  const both: PoolSpec = { ...spec, allowedUses: ['Tunnel', 'Workload'] };
  const mine = (...items: string[]) => [claim('outgate', 'Apply', ['cidr', 'natOutgoing']), uses('outgate', ...items)];
  const merged = (...items: string[]) => {
    const [fields, set] = mine(...items) as { fieldsV1: { 'f:spec': object } }[];
    return { ...fields, fieldsV1: { 'f:spec': { ...fields?.fieldsV1['f:spec'], ...set?.fieldsV1['f:spec'] } } };
  };
  const decided = (theirItems: string[]) =>
    decideSync(
      input({
        desired: { name: 'a', spec: both, version: 5 },
        live: live(both, [merged('Workload'), uses('other', ...theirItems)]),
        released: ['allowedUses'],
      }),
    );
  expect(decided(['Tunnel', 'Workload'])).toEqual({ do: 'apply', spec, uid: 'u1', force: false });
  expect(decided(['Tunnel'])).toMatchObject(asDesired);
});

it('of a set those are named who hold an item that is not wanted, and not those who hold what is', () => {
  const there: PoolSpec = { ...spec, allowedUses: ['Tunnel', 'Workload'] };
  const holding = (...claims: object[]) =>
    decideSync(
      input({
        desired: { name: 'a', spec: { ...spec, allowedUses: ['Workload'] }, version: 5 },
        live: live(there, [ours, ...claims]),
      }),
    );
  const wrote = (...of: Parameters<typeof uses>) => ({ ...uses(...of), operation: 'Update' });
  const [one, other] = [wrote('one', 'Workload'), wrote('other', 'Tunnel')];
  expect(holding(one, other)).toMatchObject({ fields: ['allowedUses'], managers: ['other'] });
  expect(holding(one)).toMatchObject({ fields: ['allowedUses'], managers: [] });
  expect(holding(claim('whole', 'Update', ['allowedUses']))).toMatchObject({ managers: ['whole'] });
});

it('an object that was to go is replaced where it cannot be made what is desired by now, and kept where it can', () => {
  const moved: PoolSpec = { ...spec, cidr: '10.2.0.0/16' };
  const remade = (there: LivePool, over: Partial<SyncInput> = {}) =>
    decideSync(input({ remade: true, live: there, desired: { name: 'a', spec: moved, version: 7 }, ...over }));
  const there = live(spec, [ours]);
  expect(remade(there)).toEqual({ do: 'replace', there });
  expect(remade(there, { forced: true })).toEqual({ do: 'replace', there });
  // nobody noted that it was applied
  expect(remade(there, { applied: null })).toEqual({ do: 'replace', there });
  const blocks = live({ ...moved, blockSize: 26 }, [ours]);
  const smaller = { name: 'a', spec: { ...moved, blockSize: 28 }, version: 7 };
  expect(remade(blocks, { desired: smaller })).toMatchObject({ do: 'replace' });
  // a block size that is absent there can be set
  expect(remade(live(moved, [ours]), { desired: smaller })).toMatchObject({ do: 'apply', uid: 'u1' });
  const unreadable = live({ ...spec, natOutgoing: 'yes' }, [ours]);
  expect(remade(unreadable)).toMatchObject({ do: 'replace' });
  const off = { name: 'a', spec: { ...spec, natOutgoing: false }, version: 7 };
  expect(remade(there, { desired: off })).toMatchObject({ do: 'apply', uid: 'u1' });
  const held = { ...there, deleting: true };
  expect(remade(held, { desired: off })).toEqual({ do: 'replace', there: held });
  // nobody deleted it here
  expect(remade(there, { remade: false })).toMatchObject({ do: 'apply', uid: 'u1' });
});

it('what others delete there is told as that, and nothing is written to it', () => {
  const going = { ...live(spec, [ours]), deleting: true };
  const said = { do: 'nothing', state: 'OutOfSync', reason: 'BeingDeleted', ...nobody };
  expect(decideSync(input({ live: going }))).toEqual(said);
  const off = { name: 'a', spec: { ...spec, natOutgoing: false }, version: 7 };
  for (const over of [{ desired: off }, { forced: true }]) {
    expect(decideSync(input({ live: going, ...over }))).toEqual(said);
  }
  // it is made again by itself then, and nobody is asked
  expect(decideSync(input({ live: going, policy: 'enforce' }))).toEqual({ ...said, state: 'Pending' });
  expect(decideSync(input({ live: going, released: ['natOutgoing'] }))).toEqual(said);
  const marked = live(spec, [ours], { annotations: { 'meta.helm.sh/release-name': 'net' } });
  expect(decideSync(input({ live: { ...marked, deleting: true } }))).toEqual(said);
  // of what is not ours nothing else is said
  expect(decideSync(input({ live: { ...marked, deleting: true }, applied: null }))).toMatchObject({
    reason: 'OwnedElsewhere',
  });
  expect(decideSync(input({ live: { ...live(spec, [ours], { uid: 'u2' }), deleting: true } }))).toMatchObject({
    reason: 'PoolMadeAgain',
  });
});

it('an object that is not ours alone is not replaced, whatever was deleted here', () => {
  const desired = { name: 'a', spec: { ...spec, cidr: '10.2.0.0/16' }, version: 7 };
  const remade = (there: LivePool) => decideSync(input({ remade: true, live: there, desired }));
  expect(remade(live(spec, [ours, claim('gateway', 'Apply', ['cidr'])]))).toMatchObject({ do: 'apply', uid: 'u1' });
  const marked = live(spec, [ours], { annotations: { 'meta.helm.sh/release-name': 'net' } });
  expect(remade(marked)).toMatchObject({ reason: 'OwnedElsewhere' });
  // it goes all the same, and the pool that was made again is made then
  const goes = { ...marked, deleting: true };
  expect(remade(goes)).toEqual({ do: 'replace', there: goes });
  expect(remade(live(spec, [ours], { uid: 'u2' }))).toMatchObject({ reason: 'PoolMadeAgain' });
});
