import { describe, expect, it } from 'vitest';
import { syncReasons } from '../../../core/cluster/sync-state.ts';
import { stand } from '../fixtures/stand.ts';
import {
  besideOurs,
  type FieldRow,
  holdersOf,
  type Stand,
  takenBackWords,
  takenFrom,
  valueText,
  wayOfField,
  waysOf,
  whyOf,
} from './sync-words.ts';

const row = (field: string, desired: unknown, live: unknown, managers: string[] = []): FieldRow => ({
  field,
  desired,
  live,
  applied: desired,
  differs: desired !== live,
  managers,
  released: false,
  releaseRefused: null,
});
const rows = [row('cidr', '10.0.0.0/16', '10.0.0.0/16'), row('natOutgoing', true, false, ['kubectl-edit'])];
const ways = (reason: Stand['reason'], owner: string | null = 'outgate') =>
  Object.fromEntries(
    waysOf({ name: 'public', sync: stand(reason), owner, source: 'its Git repository', rows }).map((way) => [
      way.choice,
      way,
    ]),
  );

describe('why', () => {
  it('has a sentence for every reason', () => {
    for (const reason of syncReasons) expect(whyOf(stand(reason))).toMatch(/^[A-Z].*\.$/);
  });
  it('names who changed what: of each field who holds it, and of what nobody holds that it is not known', () => {
    const changed = (rows: FieldRow[], managers: string[]) =>
      whyOf(stand('FieldChangedInCluster', { fields: rows.map(({ field }) => field), managers }), rows);
    const nat = row('natOutgoing', true, false, ['kubectl-edit']);
    expect(changed([nat, row('disabled', false, true, ['kubectl-edit'])], ['kubectl-edit'])).toBe(
      'kubectl-edit changed natOutgoing and disabled in the cluster.',
    );
    expect(changed([nat, row('disabled', false, true, ['velero'])], ['kubectl-edit', 'velero'])).toBe(
      'kubectl-edit changed natOutgoing and velero changed disabled in the cluster.',
    );
    expect(changed([nat, row('disabled', false, true)], ['kubectl-edit'])).toBe(
      'kubectl-edit changed natOutgoing in the cluster. The cluster has disabled otherwise, and nobody holds it there: who changed it is not known.',
    );
    expect(changed([row('allowedUses', ['Workload'], ['Tunnel'], ['keeper'])], [])).toBe(
      'The cluster has allowedUses otherwise, and nobody holds it there: who changed it is not known.',
    );
    expect(whyOf(stand('FieldChangedInCluster'))).toBe('Somebody changed it in the cluster.');
    expect(whyOf(stand('RightMissing', { missing: 'patch ippools.projectcalico.org' }))).toBe(
      'Our account in the cluster must have the right to patch ippools.projectcalico.org.',
    );
  });
});

it('of what waits for the cluster tells a change from a pool that the cluster does not have yet', () => {
  const waits = stand('WaitingForCluster', { state: 'Pending' });
  expect(whyOf(waits)).toBe('It was not brought to the cluster yet.');
  expect(whyOf(waits, rows, true)).toBe('Its last change was not brought to the cluster yet.');
});

it('of what the cluster refuses says when it is tried again, of a pool as of settings', () => {
  expect(whyOf(stand('RefusedByCluster', { state: 'Rejected' }))).toBe(
    'The cluster refuses it as it is desired. It is tried again at once when it is changed, here or there, and else within five minutes.',
  );
});

it('of what the cluster does not delete, though it is to go first, says that, and offers no force', () => {
  const sync = stand('DeletionRefused', { state: 'Rejected' });
  expect(whyOf(sync)).toMatch(/^The cluster refuses to delete the object that is there .* It is tried again at once/);
  const rows = [row('cidr', '10.2.0.0/16', '10.1.0.0/16')];
  const [theirs, ours] = waysOf({ name: 'a', sync, owner: 'outgate', source: '', rows });
  expect(theirs?.refused).toBeNull();
  expect(ours?.refused).toMatch(/no force deletes it\. Take theirs or release the pool/);
});

it('of what was written over and came again says who holds it now, and of nobody what was done before', () => {
  const fought = (more: Partial<Stand>) => whyOf(stand('WrittenOverAgain', { state: 'Contested', ...more }));
  const came =
    'It was changed in the cluster again, after changes of it there were written over three times in ten minutes; we stopped.';
  expect(fought({ fields: ['natOutgoing'], managers: ['gateway', 'kubectl-edit'] })).toBe(
    `${came} What differs now is natOutgoing, held by gateway and kubectl-edit.`,
  );
  expect(fought({ fields: ['natOutgoing', 'disabled'] })).toBe(
    `${came} What differs now is natOutgoing and disabled, held by nobody else.`,
  );
  expect(fought({})).toBe(came);
});

describe('the ways on', () => {
  it('say what changes on which side, and whose fields are taken', () => {
    const { theirs, ours } = ways('FieldChangedInCluster');
    expect(theirs?.effects[0]).toBe('What is desired becomes what the cluster has: natOutgoing true → false.');
    expect(ours?.effects.slice(0, 2)).toEqual([
      'The cluster is written over with what is desired: natOutgoing false → true.',
      'Taken: natOutgoing from kubectl-edit.',
    ]);
    expect([theirs?.refused, ours?.refused]).toEqual([null, null]);
  });
  it('delete or make again what the cluster no longer has', () => {
    const { theirs, ours, release } = ways('PoolDeletedInCluster', null);
    expect(theirs?.verb).toBe('Take theirs: delete it here');
    expect(ours?.verb).toBe('Apply ours: make it again');
    expect(release?.effects[1]).toBe('Nothing of it is in the cluster.');
  });
  it('that lead nowhere are refused with the way that does', () => {
    expect(ways('OwnedElsewhere', 'argocd')['ours']?.refused).toBe(
      'argocd owns it and would write it back: copy the patch to its Git repository.',
    );
    expect(ways('NotAdopted')['ours']?.refused).toContain('Take theirs first');
    expect(ways('Unreadable')['theirs']?.refused).not.toBeNull();
    expect(ways('Unreadable')['release']?.refused).toBeNull();
  });
  it('do not offer to force another CIDR, which the cluster refuses', () => {
    const rows = [row('cidr', '10.2.0.0/16', '10.1.0.0/16', ['gateway'])];
    const refused = (reason: Stand['reason'], of: readonly FieldRow[]) =>
      waysOf({ name: 'a', sync: stand(reason), owner: 'outgate', source: '', rows: of })[1]?.refused;
    for (const reason of ['RefusedByCluster', 'FieldOwnedByOther', 'PoolMadeAgain'] as const) {
      expect(refused(reason, rows)).toMatch(/^The cluster does not change the CIDR of a pool\. Take theirs or release/);
      expect(refused(reason, [row('natOutgoing', true, false, ['gateway'])])).toBeNull();
    }
  });
  it('offer to make again what was deleted there, also where the cluster refuses it', () => {
    const rows = [row('cidr', '10.2.0.0/16', null)];
    const found = waysOf({ name: 'a', sync: stand('RefusedByCluster'), owner: null, source: '', rows });
    expect(found[1]).toMatchObject({ verb: 'Apply ours: make it again', refused: null });
  });
});

describe('the ways on of one field', () => {
  const field = { ...row('natOutgoing', true, false, ['gateway']), releaseRefused: null };
  it('say that nothing moves, who decides from then on, and how it is taken back', () => {
    const { effects, refused } = wayOfField('release-field', field, 'ask');
    expect([...effects, refused]).toEqual([
      'natOutgoing stays false in the cluster, and nodes go on as they do now.',
      'gateway or whoever writes it there decides it from here on: no change of it is a difference, or is written over.',
      'It is shown here as the cluster has it. Another value that is decided here takes it back.',
      null,
    ]);
    expect(wayOfField('decide-field', field, 'enforce').effects.slice(1)).toEqual([
      'What is desired of it becomes that value, beside gateway; nothing is taken from anybody.',
      'A later change of it there is a difference again, and is written over: the policy is enforce.',
    ]);
  });
  it('name why it cannot be let go', () => {
    const alone = { ...field, managers: [], releaseRefused: 'nobody else holds it' };
    expect(wayOfField('release-field', alone, 'ask').refused).toBe(
      'It cannot be released alone, because nobody else holds it.',
    );
  });
  it('are told of what is in sync', () => {
    expect(whyOf(stand('AsDesired', { released: ['natOutgoing'] }))).toBe(
      'The cluster says what is desired. What becomes of natOutgoing is decided there.',
    );
    expect(whyOf(stand('AsDesired', { managers: ['argocd'] }))).toBe(
      'The cluster says what is desired. argocd owns it there: it is changed where it comes from.',
    );
  });
});

it('who holds a field is who the cluster says, we only where we still do', () => {
  expect(holdersOf({ held: true, managers: ['kubectl-edit'] })).toEqual(['outgate', 'kubectl-edit']);
  expect(holdersOf({ held: false, managers: ['kubectl-edit'] })).toEqual(['kubectl-edit']);
});

it('who holds fields beside us is named as that, and as who writes only where something differs', () => {
  const held = [row('natOutgoing', true, true, ['nightly-job']), row('cidr', true, true, ['nightly-job', 'kubectl'])];
  expect(besideOurs({ state: 'Synced', managers: ['argocd'] }, held)).toEqual({
    what: 'Fields that others hold',
    names: ['nightly-job', 'kubectl'],
  });
  expect(besideOurs({ state: 'OutOfSync', managers: ['kubectl-edit'] }, held)).toEqual({
    what: 'Who writes it',
    names: ['kubectl-edit'],
  });
});

it('a force that takes nothing from anybody says so', () => {
  expect(takenFrom([row('disabled', true, false)])).toBe('Nobody else holds the fields that differ.');
  expect(takenFrom([row('disabled', true, false, ['a', 'b', 'c'])])).toBe('Taken: disabled from a, b and c.');
  const crowd = Array.from({ length: 100 }, (_, i) => `m${i}`);
  expect(takenFrom([row('disabled', true, false, crowd)])).toBe(
    'Taken: disabled from m0, m1, m2, m3, m4, m5, m6, m7 and 92 more.',
  );
});

it('values as they are read', () => {
  expect([null, '', [], ['Workload', 'Tunnel'], false, 26].map(valueText)).toEqual([
    'not set',
    '""',
    '[]',
    'Workload, Tunnel',
    'false',
    '26',
  ]);
});

describe('a released field of which another value is saved', () => {
  const gateway = { ...row('natOutgoing', false, false, ['gateway']), released: true };
  it('that somebody wrote, or nobody, is taken back', () => {
    const nobodys = { ...row('disabled', false, false), released: true };
    expect(takenBackWords(['natOutgoing', 'disabled'], [gateway, nobodys], 'ask')).toEqual([
      'natOutgoing is taken back from gateway: nothing is written over without force, which is asked for on the pool’s page.',
      'disabled is taken back: it is decided here from then on.',
    ]);
    expect(takenBackWords(['natOutgoing'], [gateway], 'enforce')).toEqual([
      'natOutgoing is taken back from gateway: the policy enforce writes it over by force.',
    ]);
    expect(takenBackWords([], [gateway], 'ask')).toEqual([]);
  });
});
