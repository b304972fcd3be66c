import { describe, expect, it } from 'vitest';
import { type ClusterSettings, exclusions } from '../nat/settings.ts';
import { clusterSettingsSchema, natSettingsSchema } from '../nat/settings-schema.ts';
import { type PoolSpec, poolSchema, poolSpecSchema } from '../pool/spec.ts';
import { readMessage } from './read-message.ts';

/** Every field, each with a value that is right. */
const spec: Required<PoolSpec> = {
  cidr: '10.0.0.0/8',
  natOutgoing: true,
  disabled: false,
  blockSize: 26,
  ipipMode: 'Never',
  vxlanMode: 'Always',
  nodeSelector: 'all()',
  namespaceSelector: '',
  allowedUses: ['Workload', 'Tunnel'],
  disableBGPExport: false,
  assignmentMode: 'Manual',
};
const pool = { name: 'a.b-c', spec };
const nat = {
  natOutgoingExclusions: exclusions[0],
  natOutgoingAddress: '192.0.2.1',
  natOutgoingAddressV6: '2001:db8::1',
  natPortRange: '1:2',
  iptablesNATOutgoingInterfaceFilter: 'eth+',
};
const settings: ClusterSettings = { global: nat, nodes: { n1: nat } };
const delta = {
  type: 'delta',
  from: 1,
  sequence: 2,
  revision: 'r',
  upsert: [pool],
  remove: ['b'],
  settings,
  hosts: [],
};
const snapshot = {
  type: 'snapshot',
  state: { sequence: 0, revision: 'r', pools: [pool], settings, hosts: ['192.0.2.1'] },
};

const oddities: unknown[] = [
  ...[
    undefined,
    null,
    true,
    false,
    0,
    -1,
    26,
    1.5,
    2 ** 53,
    -(2 ** 53),
    '',
    ' ',
    'a',
    'A',
    'a..b',
    '-a',
    'a-',
    '26',
    'true',
  ],
  ...[
    'Never',
    'never',
    'Workload',
    'Manual',
    'IPPoolsOnly',
    'toString',
    'x'.repeat(48),
    'x'.repeat(49),
    'x'.repeat(253),
  ],
  ...['x'.repeat(254), 'x'.repeat(1024), 'x'.repeat(1025), '😀'.repeat(24), '😀'.repeat(25), '\ud800', 'a\n'],
  ...[[], ['Workload'], ['Workload', 'Workload'], ['workload'], [null], [[]], Array(11).fill('Tunnel'), [{}]],
  ...[{}, { a: 1 }, { n1: null }, { n1: {} }, { '': {} }, { length: 1 }, { ['x'.repeat(254)]: {} }],
];

/** Every value that differs from the given one in one place: replaced, taken away, or with a field more. */
function* mutants(value: unknown): Generator<unknown> {
  yield* oddities;
  if (Array.isArray(value)) {
    for (const [i, one] of value.entries()) for (const other of mutants(one)) yield value.with(i, other);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value)) {
      for (const other of mutants(one)) yield { ...value, [key]: other };
      yield Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    }
    yield { ...value, unknown: 1 };
  }
}

describe('messages of the stream', () => {
  it.each([
    ['a pool', poolSchema, pool, (upsert: unknown) => ({ ...delta, upsert: [upsert] })],
    ['settings', clusterSettingsSchema, settings, (other: unknown) => ({ ...delta, settings: other })],
  ])('accepts and refuses %s as its schema does', (_what, schema, right, inMessage) => {
    let accepted = 0;
    let refused = 0;
    for (const one of mutants(right)) {
      // in a delta absent settings are right
      if (one === undefined) continue;
      const good = schema.safeParse(one).success;
      expect(readMessage(inMessage(one)).ok, JSON.stringify(one)).toBe(good);
      if (good) accepted++;
      else refused++;
    }
    expect([accepted > 20, refused > 200]).toEqual([true, true]);
  });

  it('its samples have every field', () => {
    expect(Object.keys(spec)).toEqual(Object.keys(poolSpecSchema.shape));
    expect(Object.keys(nat)).toEqual(Object.keys(natSettingsSchema.shape));
  });

  it('accepts every kind of message, and ignores what a later server may add', () => {
    for (const one of [delta, snapshot, { type: 'heartbeat' }]) {
      expect(readMessage(one)).toEqual({ ok: true, value: one });
      expect(readMessage({ ...one, later: 1 }).ok).toBe(true);
    }
    expect(readMessage({ ...delta, settings: undefined, hosts: undefined }).ok).toBe(true);
  });

  it.each([
    [null, '', 'must be an object'],
    [{ type: 'nonsense' }, 'type', 'must be one of snapshot, delta, heartbeat'],
    [{ type: 'snapshot' }, 'state', 'must be an object'],
    [{ ...snapshot, state: { ...snapshot.state, sequence: -1 } }, 'state.sequence', 'must be a whole number from 0'],
    [{ ...snapshot, state: { ...snapshot.state, hosts: ['a', 1] } }, 'state.hosts[1]', 'must be text'],
    [{ ...delta, remove: 'b' }, 'remove', 'must be a list'],
    [{ ...delta, from: 1.5 }, 'from', expect.stringContaining('whole number')],
    [
      { ...delta, upsert: [pool, { ...pool, spec: { ...spec, allowedUses: ['Workload', 'Sleep'] } }] },
      'upsert[1].spec.allowedUses[1]',
      'must be one of Workload, Tunnel, LoadBalancer',
    ],
    [{ ...delta, upsert: [{ ...pool, spec: { ...spec, nat: 1 } }] }, 'upsert[0].spec.nat', 'must be a known field'],
    [{ ...delta, settings: { global: {} } }, 'settings.nodes', 'must be an object'],
  ])('says what is wrong and where: %#', (input, field, message) => {
    expect(readMessage(input)).toEqual({ ok: false, field, message });
  });
});
