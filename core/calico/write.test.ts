import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { seeded } from '../net/fixtures/seeded.ts';
import type { Pool, PoolSpec } from '../pool/spec.ts';
import { readManifests } from './read.ts';
import { writePools } from './write.ts';

const back = (text: string): Pool[] => {
  const found = readManifests([{ name: 'f', text }]);
  expect(found.errors, text).toEqual([]);
  return found.pools.map(({ pool }) => pool);
};

const full: Pool = {
  name: 'all-fields',
  spec: {
    assignmentMode: 'Manual',
    disableBGPExport: false,
    allowedUses: ['Workload', 'Tunnel'],
    namespaceSelector: "kubernetes.io/metadata.name == 'a: b # c'",
    nodeSelector: 'all()',
    vxlanMode: 'CrossSubnet',
    ipipMode: 'Never',
    blockSize: 26,
    disabled: false,
    natOutgoing: true,
    cidr: '192.168.0.0/16',
  },
};

describe('writePools', () => {
  it('has a fixed order, only the fields that are set, and quotes where a reader could err', () => {
    expect(writePools([full, { name: 'no-nat-10.0.0.0-8', spec: { cidr: '10.0.0.0/8', disabled: true } }], 'v3')).toBe(
      `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: all-fields
spec:
  cidr: 192.168.0.0/16
  natOutgoing: true
  disabled: false
  blockSize: 26
  ipipMode: Never
  vxlanMode: CrossSubnet
  nodeSelector: all()
  namespaceSelector: "kubernetes.io/metadata.name == 'a: b # c'"
  allowedUses:
    - Workload
    - Tunnel
  disableBGPExport: false
  assignmentMode: Manual
---
apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: no-nat-10.0.0.0-8
spec:
  cidr: 10.0.0.0/8
  disabled: true
`,
    );
  });

  it('knows the storage group', () => {
    expect(writePools([full], 'v1').split('\n')[0]).toBe('apiVersion: crd.projectcalico.org/v1');
  });

  it('writes CIDRs canonically, and those it cannot read as they are', () => {
    expect(writePools([{ name: 'a', spec: { cidr: 'FD00:0::/64' } }], 'v3')).toContain('  cidr: fd00::/64\n');
    expect(writePools([{ name: 'a', spec: { cidr: '10.0.0.1/8' } }], 'v3')).toContain('  cidr: 10.0.0.1/8\n');
    for (const cidr of ['', '10.1', '::/0', 'x: y', '1:30'])
      expect(back(writePools([{ name: 'a', spec: { cidr } }], 'v3'))[0]?.spec.cidr).toBe(cidr);
  });

  it('no pools are an empty List, which reads as no pools', () => {
    expect(back(writePools([], 'v3'))).toEqual([]);
  });

  it.each(['yes', 'n', 'on', 'null', 'true', 'nan', '123', '1e3', '0x10', '2001-01-01', '1.5', '0', '1-2', 'a.b'])(
    'the name %s stays text in every YAML version',
    (name) => {
      const text = writePools([{ name, spec: { cidr: '10.0.0.0/8' } }], 'v3');
      for (const version of ['1.1', '1.2'] as const) expect(parse(text, { version }).metadata.name).toBe(name);
    },
  );

  it.each([
    '',
    ' ',
    'a ',
    '- a',
    '? a',
    '*a',
    '&a',
    '!a',
    '%a',
    '@a',
    '`a',
    '"a"',
    "'a'",
    '{a}',
    '[a]',
    '|',
    '>',
    '#',
    'a #b',
    'a: b',
    '~',
    '0o7',
    '1_000',
    '.inf',
    '<<',
    '=',
    'a\nb',
    'a\tb',
    '\u0007',
    'é',
    '\u2028',
    '\u0085',
    '\ufeff',
    '😀',
    '\\',
    'a'.repeat(1000),
  ])('the selector %j stays the same', (nodeSelector) => {
    const text = writePools([{ name: 'a', spec: { cidr: '10.0.0.0/8', nodeSelector } }], 'v3');
    expect(back(text)[0]?.spec.nodeSelector).toBe(nodeSelector);
    expect(parse(text, { version: '1.1' }).spec.nodeSelector).toBe(nodeSelector);
  });

  it('reads back the same, for any pools', () => {
    const random = seeded(4);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const pools = Array.from({ length: 300 }, (_, i): Pool => {
      const spec: PoolSpec = { cidr: pick(['10.0.0.0/8', 'fd00::/64', '::/0', '10.0.0.1/8', '']) };
      if (random() < 0.5) spec.natOutgoing = random() < 0.5;
      if (random() < 0.5) spec.disabled = random() < 0.5;
      if (random() < 0.5) spec.blockSize = pick([0, 26, 122]);
      if (random() < 0.5) spec.ipipMode = pick(['Never', 'Always', 'CrossSubnet'] as const);
      if (random() < 0.5) spec.nodeSelector = pick(['all()', "a == 'b'", '', 'has(x) && !has(y)']);
      if (random() < 0.5) spec.allowedUses = pick([[], ['Workload'], ['Tunnel', 'Workload']] as const).slice();
      if (random() < 0.5) spec.assignmentMode = pick(['Automatic', 'Manual'] as const);
      return { name: `p${i}`, spec };
    });
    for (const api of ['v3', 'v1'] as const) {
      const text = writePools(pools, api);
      expect(back(text)).toEqual(pools);
      expect(writePools(back(text), api)).toBe(text);
    }
  });
});
