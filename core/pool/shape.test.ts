import { describe, expect, it } from 'vitest';
import { parsePoolName, parsePoolSpec } from './shape.ts';

const errors = (input: unknown): string[] => {
  const parsed = parsePoolSpec(input);
  return parsed.ok ? [] : parsed.errors.map(({ field, message }) => `${field}: ${message}`);
};

describe('parsePoolSpec', () => {
  it('takes every field and leaves absent ones absent', () => {
    const spec = {
      cidr: '10.0.0.0/8',
      natOutgoing: true,
      disabled: false,
      blockSize: 26,
      ipipMode: 'CrossSubnet',
      vxlanMode: 'Never',
      nodeSelector: 'all()',
      namespaceSelector: 'has(x)',
      allowedUses: ['Workload'],
      disableBGPExport: false,
      assignmentMode: 'Manual',
    };
    expect(parsePoolSpec(spec)).toEqual({ ok: true, value: spec });
    expect(parsePoolSpec({ cidr: '10.0.0.0/8' })).toEqual({ ok: true, value: { cidr: '10.0.0.0/8' } });
  });

  it.each([{}, { cidr: null }, { cidr: '' }])('leaves a missing CIDR to the rules: %j', (spec) => {
    expect(parsePoolSpec(spec)).toEqual({ ok: true, value: { cidr: '' } });
  });

  it('says every problem at once, with field and value', () => {
    expect(
      errors({
        cidr: 10,
        natOutgoing: 'yes',
        disabled: null,
        blockSize: 2.5,
        ipipMode: 'always',
        nodeSelector: 'x'.repeat(1025),
        allowedUses: ['Workload', 'Pod'],
        natoutgoing: true,
        '': 1,
      }),
    ).toEqual([
      'spec.cidr: cidr must be text: 10',
      "spec.natOutgoing: natOutgoing must be true or false: 'yes'",
      'spec.disabled: disabled must be true or false: null',
      'spec.blockSize: blockSize must be a whole number: 2.5',
      "spec.ipipMode: ipipMode must be one of 'Never', 'Always', 'CrossSubnet': 'always'",
      `spec.nodeSelector: nodeSelector must be at most 1024 characters long: '${'x'.repeat(80)}...'`,
      "spec.allowedUses[1]: allowedUses[1] must be one of 'Workload', 'Tunnel', 'LoadBalancer': 'Pod'",
      "spec.natoutgoing: spec must have only fields of an IPPool (did you mean 'natOutgoing'?): 'natoutgoing'",
      "spec.: spec must have only fields of an IPPool: ''",
    ]);
  });

  it.each([
    [{ cidr: 'x'.repeat(49) }, `spec.cidr: cidr must be at most 48 characters long: '${'x'.repeat(49)}'`],
    [{ blockSize: 1e300 }, 'spec.blockSize: blockSize must be a whole number: 1e+300'],
    [{ blockSize: '26' }, "spec.blockSize: blockSize must be a whole number: '26'"],
    [{ blockSize: Number.NaN }, 'spec.blockSize: blockSize must be a whole number: null'],
    [{ allowedUses: 'Workload' }, "spec.allowedUses: allowedUses must be a list: 'Workload'"],
    [
      { allowedUses: ['Workload', 'Workload'] },
      'spec.allowedUses: allowedUses must not repeat a use: ["Workload","Workload"]',
    ],
    [{ natOutgoing: { a: 1 } }, 'spec.natOutgoing: natOutgoing must be true or false: {"a":1}'],
    [undefined, 'spec: spec must be given'],
    [null, 'spec: spec must be given'],
    ['x', "spec: spec must be an object: 'x'"],
    [[], 'spec: spec must be an object: []'],
  ])('refuses %j', (input, message) => {
    expect(errors(input)).toEqual([message]);
  });

  it.each(['toString', '__proto__', 'constructor'])('knows no field %s', (key) => {
    const input: unknown = JSON.parse(`{"cidr":"10.0.0.0/8","${key}":true}`);
    expect(errors(input)).toEqual([`spec.${key}: spec must have only fields of an IPPool: '${key}'`]);
  });
});

describe('parsePoolName', () => {
  it.each(['a', 'default-ipv4-ippool', 'no-nat-10.0.0.0-8', '0', 'a'.repeat(253)])('takes %s', (name) => {
    expect(parsePoolName(name)).toEqual({ ok: true, value: name });
  });

  it.each([undefined, null, '', 7, 'A', 'a_b', '-a', 'a-', 'a..b', 'a b', 'a\n', 'ä', 'a'.repeat(254)])(
    'refuses %j',
    (name) => {
      const parsed = parsePoolName(name);
      expect(parsed.ok).toBe(false);
      if (!parsed.ok)
        expect(parsed.errors[0]).toMatchObject({
          field: 'metadata.name',
          message: expect.stringMatching(/^name must /),
        });
    },
  );
});
