import { expect, it } from 'vitest';
import { HOSTS_BEGIN } from '../../core/wire/revision.ts';
import { reasonBeside, summaryOf, takenIn, textOf } from './summary.ts';

const pool = (name: string, natOutgoing?: boolean) => ({
  name,
  spec: { cidr: '203.0.113.0/24', ...(natOutgoing === undefined ? {} : { natOutgoing }) },
});
const of = (action: Parameters<typeof summaryOf>[0]['action'], before: unknown, after: unknown, pools = 1) =>
  summaryOf({ action, target: 'public', reason: null, before: before as null, after: after as null, pools });

it('of force that did nothing says why, and takes nothing from anybody', () => {
  const before = { ...pool('public', false), taken: [{ field: 'natOutgoing', managers: ['kubectl-edit'] }] };
  const force = {
    action: 'pool.force' as const,
    target: 'public',
    reason: null,
    before,
    after: pool('public', true),
    pools: 1,
  };
  const didNothing = 'disabled not set → true by nightly-job';
  expect(summaryOf({ ...force, didNothing })).toBe(`public: force did nothing, ${didNothing}`);
  expect(takenIn({ ...force, didNothing })).toEqual([]);
  expect(takenIn({ ...force, didNothing: null })).toEqual(before.taken);
  const object = 'FelixConfiguration default was deleted in the cluster';
  expect(summaryOf({ ...force, action: 'settings.force', target: 'settings', didNothing: object })).toBe(
    `NAT settings: force did nothing, ${object}`,
  );
});

it('says in one line what changed', () => {
  expect(of('pool.create', null, pool('public'))).toBe('public created, 203.0.113.0/24');
  expect(of('pool.update', pool('public', true), pool('public', false))).toBe('public: natOutgoing true → false');
  expect(of('pool.update', pool('public'), pool('public', true))).toBe('public: natOutgoing not set → true');
  expect(of('pool.delete', pool('public'), null)).toBe('public deleted');
  expect(of('pool.import', [], [pool('a'), pool('b')], 2)).toBe('2 pools imported: public');
  expect(of('pool.import', [pool('public')], [])).toBe('public deleted');
  expect(of('pool.import', [pool('a'), pool('b')], [], 2)).toBe('2 pools deleted: public');
  expect(of('pool.enforce', pool('public', false), pool('public', true))).toBe(
    'public written back: natOutgoing false → true',
  );
  expect(of('pool.enforce', null, pool('public'))).toBe('public made again in the cluster');
  expect(of('pool.force', { ...pool('public', false), taken: [] }, pool('public', true))).toBe(
    'public applied by force: natOutgoing false → true',
  );
  const fields = ['natOutgoing'];
  expect(of('pool.release-field', { ...pool('public', true), letGo: fields }, pool('public', false))).toBe(
    'public: natOutgoing released, the cluster decides it',
  );
  expect(of('pool.decide-field', { ...pool('public'), takenBack: fields }, pool('public'))).toBe(
    'public: natOutgoing decided here again',
  );
  expect(of('cluster.follow', [pool('public')], [])).toBe('cluster followed as it came back, without public');
  expect(of('cluster.change', null, pool('public'))).toBe('public made in the cluster, 203.0.113.0/24');
  expect(of('cluster.change', pool('public'), null)).toBe('public deleted in the cluster');
  expect(of('cluster.change', pool('public', true), pool('public', false))).toBe('public: natOutgoing true → false');
  expect(of('hosts.update', { hosts: [] }, { hosts: ['192.0.2.11'] })).toBe('node addresses');
  const begin = {
    action: 'hosts.update',
    target: 'hosts',
    reason: HOSTS_BEGIN,
    before: null,
    after: null,
    pools: 0,
  } as const;
  expect(summaryOf(begin)).toBe('node addresses count from now on, since natOutgoingExclusions asks for them');
  expect(reasonBeside(begin)).toBe(null);
  expect(reasonBeside({ ...begin, action: 'pool.create', reason: 'for the site' })).toBe('for the site');
  // why somebody decided it stands beside it, whatever words that has
  const created = { ...begin, action: 'pool.create', target: 'public-pool', after: pool('public-pool') } as const;
  for (const reason of ['public', 'created', '1']) expect(reasonBeside({ ...created, reason })).toBe(reason);
});

it('says of theirs what was taken, and of a policy what it was', () => {
  const theirs = (...fields: string[]) => ({ ...pool('public', true), theirs: fields });
  expect(of('pool.update', theirs('natOutgoing'), pool('public', false))).toBe(
    'public: theirs taken, natOutgoing true → false',
  );
  expect(of('pool.update', theirs(), pool('public', true))).toBe('public: theirs taken, which says the same');
  const other = { name: 'public', spec: { cidr: '203.0.113.0/24', disabled: true, blockSize: 26 } };
  expect(of('pool.update', theirs('natOutgoing', 'disabled', 'blockSize'), other)).toBe(
    'public: theirs taken, natOutgoing, disabled and blockSize',
  );
  expect(of('pool.delete', theirs(), null)).toBe('public: theirs taken, deleted there and now here');
  const policy = { ...pool('public'), policy: { from: 'ask', to: 'enforce' } };
  expect(of('pool.policy', policy, pool('public'))).toBe('public: policy for changes in the cluster ask → enforce');
  // of an older version, which kept the new one alone
  expect(of('pool.policy', pool('public'), pool('public'))).toBe('public: policy for changes in the cluster');
});

it('says of a save and of an import which released fields are decided here again', () => {
  const back = (name: string) => ({ ...pool(name, true), takenBack: ['natOutgoing'] });
  expect(of('pool.update', back('public'), pool('public', false))).toBe(
    'public: natOutgoing true → false, natOutgoing decided here again',
  );
  expect(of('pool.update', back('public'), pool('public', true))).toBe('public: natOutgoing decided here again');
  expect(of('pool.import', [back('public')], [pool('public', false)])).toBe(
    'public imported, natOutgoing decided here again',
  );
  const sides = { before: [back('a'), pool('b'), back('c')], after: [pool('a'), pool('b'), pool('c')] };
  expect(summaryOf({ action: 'pool.import', target: 'a, b, c', reason: null, ...sides, pools: 3 })).toBe(
    '3 pools imported: a, b, c, with natOutgoing of a and natOutgoing of c decided here again',
  );
});

it('says of what the policy enforce writes over whose it was', () => {
  const taken = (...managers: string[]) => ({ taken: [{ field: 'natOutgoing', managers }] });
  const held = { ...pool('public', true), ...taken('kubectl-create', 'nightly-job') };
  expect(of('pool.update', held, pool('public', false))).toBe(
    'public: natOutgoing true → false, fields taken from kubectl-create and nightly-job',
  );
  expect(of('pool.enforce', held, pool('public', false))).toBe(
    'public written back: natOutgoing true → false, fields taken from kubectl-create and nightly-job',
  );
  expect(of('pool.policy', { ...held, policy: { from: 'ask', to: 'enforce' } }, pool('public', true))).toBe(
    'public: policy for changes in the cluster ask → enforce, fields taken from kubectl-create and nightly-job',
  );
  const both = [held, { ...pool('other'), ...taken('nightly-job') }];
  expect(of('pool.import', both, [pool('public'), pool('other')], 2)).toBe(
    '2 pools imported: public, fields taken from kubectl-create and nightly-job',
  );
  expect(takenIn({ before: both }).map(({ field }) => field)).toEqual([
    'natOutgoing of public',
    'natOutgoing of other',
  ]);
});

it('says of a release what the cluster keeps', () => {
  expect(of('pool.release', pool('public'), null)).toBe('public released: the cluster keeps it');
  expect(of('pool.release', { ...pool('public'), absent: true }, null)).toBe(
    'public released: the cluster did not have it',
  );
  expect(of('pool.release', { ...pool('public'), deleting: true }, null)).toBe(
    'public released: it goes in the cluster all the same',
  );
});

it('says of force that writes over nothing what it did', () => {
  const force = (before: unknown) => of('pool.force', before, pool('public'));
  expect(force({ ...pool('public'), absent: true })).toBe('public tried again');
  expect(force({ ...pool('public'), taken: [] })).toBe('public: ours again, as the cluster has it');
  expect(force(null)).toBe('public made again, which was deleted in the cluster');
  const tried = { action: 'pool.force' as const, target: 'public', reason: null, after: pool('public'), pools: 1 };
  const didNothing = 'the pool was made in the cluster by kubectl';
  expect(summaryOf({ ...tried, before: { ...pool('public'), absent: true }, didNothing })).toBe(
    `public: did nothing, ${didNothing}`,
  );
});

it('of what moved nothing in the cluster says what it was, and that', () => {
  const made = { action: 'pool.create' as const, target: 'public', reason: null, before: null, pools: 1 };
  expect(summaryOf({ ...made, after: pool('public'), didNothing: 'it moved nothing in the cluster' })).toBe(
    'public created, 203.0.113.0/24: it moved nothing in the cluster',
  );
});

it('says of settings that are let go that nothing of them is decided any more', () => {
  const before = { global: { natPortRange: '1:2' }, nodes: { n: { natOutgoingAddress: '192.0.2.9' } } };
  const after = { global: { natPortRange: '1:2' }, nodes: {} };
  expect(of('settings.update', { ...before, letGo: ['natOutgoingAddress'] }, after)).toBe(
    'NAT settings: n natOutgoingAddress let go, no longer decided here',
  );
  expect(of('settings.update', before, after)).toBe('NAT settings: n natOutgoingAddress 192.0.2.9 → not set');
});

it('says of settings that theirs was taken', () => {
  const ours = { global: { natPortRange: '10000:20000' }, nodes: {}, theirs: ['natPortRange'] };
  expect(of('settings.update', ours, { global: { natPortRange: '40000:50000' }, nodes: {} })).toBe(
    'NAT settings: theirs taken, natPortRange 10000:20000 → 40000:50000',
  );
  expect(of('settings.update', { ...ours, theirs: [] }, { global: ours.global, nodes: {} })).toBe(
    'NAT settings: theirs taken, which says the same',
  );
});

it('names settings, and the node they are for', () => {
  const before = { global: { natPortRange: '1024:2048' }, nodes: {} };
  const after = { global: {}, nodes: { 'node-1': { natOutgoingAddress: '192.0.2.50' } } };
  expect(of('settings.update', before, after)).toBe(
    'NAT settings: natPortRange 1024:2048 → not set, node-1 natOutgoingAddress not set → 192.0.2.50',
  );
  expect(textOf(after, before)).toBe('node-1 natOutgoingAddress: 192.0.2.50\n');
});

it('shows of an import only what differs', () => {
  const before = [pool('a', true), pool('b')];
  const after = [pool('a', false), pool('b')];
  expect(textOf(after, before)).toContain('name: a');
  expect(textOf(after, before)).not.toContain('name: b');
  expect(textOf(before, before)).toBe('');
});

it('names fields when there are several, and of many the first ones', () => {
  const other = { name: 'public', spec: { cidr: '203.0.113.0/24', natOutgoing: true, disabled: true, blockSize: 26 } };
  expect(of('pool.update', pool('public'), other)).toBe('public: natOutgoing, disabled and blockSize');
  expect(of('cluster.change', pool('public'), other)).toBe('public: natOutgoing, disabled and blockSize');
  const more = { ...other.spec, nodeSelector: 'all()', allowedUses: ['Workload'], ipipMode: 'Never' };
  expect(of('pool.update', pool('public'), { name: 'public', spec: more })).toBe(
    'public: natOutgoing, disabled, blockSize, nodeSelector and 2 more',
  );
});

it('says what happened to several pools in the cluster, and to more than a list has the contents of', () => {
  const two = [pool('corp'), pool('six')];
  const several = (before: unknown, after: unknown, action: 'cluster.change' | 'pool.enforce' = 'cluster.change') =>
    summaryOf({ action, target: 'corp, six', reason: null, before: before as null, after: after as null, pools: 2 });
  expect(several([], two)).toBe('2 pools made in the cluster: corp, six');
  expect(several(two, [])).toBe('2 pools deleted in the cluster: corp, six');
  expect(several(two, [pool('corp', true), pool('six', true)])).toBe('2 pools changed in the cluster: corp, six');
  expect(several(two, [pool('corp', true)])).toBe('2 pools changed in the cluster: corp, six');
  expect(several(null, null)).toBe('2 pools changed in the cluster: corp, six');
  expect(several([], null)).toBe('2 pools made in the cluster: corp, six');
  expect(several(null, [])).toBe('2 pools deleted in the cluster: corp, six');
  expect(several([], two, 'pool.enforce')).toBe('corp, six made again in the cluster');
  expect(several(null, null, 'pool.enforce')).toBe('corp, six written back');
});

it('says of an object that can no longer be read what is wrong in it, and that nothing moved', () => {
  const reason = "cannot be read, what was last known stays in force: natOutgoing must be true or false: 'yes'";
  const same = pool('corp', true);
  expect(summaryOf({ action: 'cluster.change', target: 'corp', reason, before: same, after: same, pools: 1 })).toBe(
    `corp ${reason}`,
  );
});

it('says of an object that was never readable that it came, and in whose place', () => {
  const unread = 'cannot be read, without effect: cidr must be text: 7';
  const change = { action: 'cluster.change', target: 'corp', after: null, pools: 1 } as const;
  expect(summaryOf({ ...change, reason: `made in the cluster, ${unread}`, before: null })).toBe(
    `corp made in the cluster, ${unread}`,
  );
  expect(summaryOf({ ...change, reason: `made anew there, ${unread}`, before: pool('corp', true) })).toBe(
    `corp deleted in the cluster, made anew there, ${unread}`,
  );
  const many = { target: 'corp, six', before: [pool('corp'), pool('six')], after: [], pools: 2 };
  expect(summaryOf({ ...change, ...many, reason: `made anew there, ${unread}` })).toBe(
    `2 pools deleted in the cluster: corp, six, made anew there, ${unread}`,
  );
});

it('says of settings that are not taken why, and that nothing moved', () => {
  const reason =
    "FelixConfiguration default is not taken, what is in force stays: natPortRange must be a range: '0:70000'";
  const settings = { global: { natPortRange: '1:2' }, nodes: {} };
  const change = { action: 'settings.update', target: 'settings', reason, before: settings, pools: 0 } as const;
  expect(summaryOf({ ...change, after: settings })).toBe(`NAT settings: ${reason}`);
  const moved = { ...settings, global: { natPortRange: '3:4' } };
  expect(summaryOf({ ...change, after: moved })).toBe('NAT settings: natPortRange 1:2 → 3:4');
});

it('says why we set back what nobody held, and what moved', () => {
  const reason = 'nobody held it: set again with change #17';
  const sides = { before: pool('corp'), after: pool('corp', true) };
  expect(summaryOf({ action: 'cluster.change', target: 'corp', reason, ...sides, pools: 1 })).toBe(
    `corp: natOutgoing not set → true, ${reason}`,
  );
});
