import { expect, test } from 'vitest';
import { decideSettings } from './decide-settings.ts';
import type { LiveFelix } from './live-settings.ts';

const live = (settings: LiveFelix['settings'], ours: string[], others: Record<string, string[]> = {}): LiveFelix => ({
  name: 'default',
  uid: 'u',
  resourceVersion: '1',
  settings,
  nftablesMode: null,
  problems: [],
  claims: [
    ...(ours.length === 0 ? [] : [{ manager: 'outgate', operation: 'Apply', at: null, fields: ours } as const]),
    ...Object.entries(others).map(([manager, fields]) => ({ manager, operation: 'Update', at: null, fields }) as const),
  ],
});
const ports = { natPortRange: '1:2' };
const both = { ...ports, natOutgoingAddress: '192.0.2.1' };
const decide = (input: Partial<Parameters<typeof decideSettings>[0]>) =>
  decideSettings({ desired: ports, live: null, applied: null, forced: false, since: [], ...input });

test('an absent object is made, once; one that was deleted is not, unless it is forced', () => {
  expect(decide({})).toMatchObject({ do: 'apply', uid: null, settings: ports });
  const applied = { settings: ports };
  expect(decide({ applied })).toMatchObject({ do: 'nothing', reason: 'SettingsDeletedInCluster' });
  expect(decide({ applied, forced: true })).toMatchObject({ do: 'apply', uid: null });
  // nor where something else was decided meanwhile, but where nothing was
  expect(decide({ applied, since: [both, ports] })).toMatchObject({ reason: 'SettingsDeletedInCluster' });
  expect(decide({ applied, since: [{}, ports] })).toMatchObject({ do: 'apply', uid: null });
});

test('what is decided again, after something else was that may be there, is sent', () => {
  const other = { natPortRange: '8:9' };
  const applied = { settings: ports };
  const unheard = { live: live(other, ['natPortRange']), applied, since: [ports, other] };
  expect(decide(unheard)).toMatchObject({ do: 'apply', settings: ports });
  const letGo = { live: live({}, []), applied, since: [ports, {}] };
  expect(decide(letGo)).toMatchObject({ do: 'apply', settings: ports });
  // it was not decided: a webhook wrote it, others took it away, or a backup brought it back
  const isTheirs = { reason: 'FieldChangedInCluster' };
  expect(decide({ ...unheard, since: [both, {}] })).toMatchObject(isTheirs);
  expect(decide({ ...letGo, since: [both, other] })).toMatchObject(isTheirs);
  const shared = live(other, ['natPortRange'], { vi: ['natPortRange'] });
  expect(decide({ ...unheard, live: shared })).toMatchObject(isTheirs);
});

test('nothing decided and nothing of ours there: none of our business', () => {
  expect(decide({ desired: {} })).toEqual({ do: 'forget' });
  expect(decide({ desired: {}, live: live(both, [], { kubectl: ['natPortRange'] }) })).toEqual({ do: 'forget' });
});

test('equal values are claimed, and then it is as decided', () => {
  const found = live(ports, [], { kubectl: ['natPortRange'] });
  expect(decide({ live: found })).toMatchObject({ do: 'apply', settings: ports, force: false, uid: 'u' });
  expect(decide({ live: live(ports, ['natPortRange']), applied: { settings: ports } })).toMatchObject({
    state: 'Synced',
  });
});

test('a field that is no longer decided is let go', () => {
  const held = live(both, ['natOutgoingAddress', 'natPortRange']);
  expect(decide({ live: held, applied: { settings: both } })).toMatchObject({ do: 'apply', settings: ports });
  expect(decide({ desired: {}, live: live(ports, ['natPortRange']) })).toMatchObject({ do: 'apply', settings: {} });
});

test('what somebody changed, or took away, is not sent again', () => {
  const changed = live({ natPortRange: '8:9' }, [], { vi: ['natPortRange'] });
  const applied = { settings: ports };
  expect(decide({ live: changed, applied })).toMatchObject({
    reason: 'FieldChangedInCluster',
    fields: ['natPortRange'],
    managers: ['vi'],
  });
  expect(decide({ live: live({}, []), applied })).toMatchObject({ reason: 'FieldChangedInCluster', managers: [] });
  // not even along with another decision
  expect(decide({ desired: both, live: changed, applied })).toMatchObject({
    do: 'apply',
    settings: { natOutgoingAddress: '192.0.2.1' },
    force: false,
  });
  expect(decide({ live: changed, applied, forced: true })).toMatchObject({ do: 'apply', settings: ports, force: true });
});

test('a new value is sent, and the server says who holds the field', () => {
  const changed = live({ natPortRange: '8:9' }, [], { vi: ['natPortRange'] });
  expect(decide({ desired: { natPortRange: '3:4' }, live: changed, applied: { settings: ports } })).toMatchObject({
    do: 'apply',
    settings: { natPortRange: '3:4' },
    force: false,
  });
});

test('settings kept from when they could be read are not what the object says', () => {
  const problems = [{ field: 'natPortRange', message: 'must be a port or a range' }];
  const kept = { ...live(ports, [], { kubectl: ['natPortRange'] }), problems };
  expect(decide({ live: kept, applied: { settings: ports } })).toMatchObject({
    state: 'OutOfSync',
    reason: 'FieldChangedInCluster',
    managers: ['kubectl'],
  });
});

test('what we alone hold, and is not sent again, does not go with what is sent', () => {
  const back = live({ natPortRange: '8:9', natOutgoingAddress: '192.0.2.1' }, ['natOutgoingAddress', 'natPortRange']);
  const kept = { do: 'apply', settings: { natPortRange: '8:9' } };
  expect(decide({ live: back, applied: { settings: ports } })).toMatchObject(kept);
  const unreadable = {
    ...live(both, ['natOutgoingAddress'], { vi: ['natPortRange'] }),
    problems: [{ field: 'spec.natPortRange', message: 'no range' }],
  };
  const more = { ...both, iptablesNATOutgoingInterfaceFilter: 'eth1' };
  const { settings } = decide({ desired: more, live: unreadable, applied: { settings: both } }) as { settings: object };
  expect(settings).toEqual({ natOutgoingAddress: '192.0.2.1', iptablesNATOutgoingInterfaceFilter: 'eth1' });
});
