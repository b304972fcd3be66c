import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import cases from '../core/pool/fixtures/ippool.json' with { type: 'json' };
import { inputFiles, runCli } from './fixtures/run-cli.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../core/calico/fixtures/${name}`, import.meta.url), 'utf8');
const pool = (name: string, spec: unknown): string =>
  stringify({ apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name }, spec });
const files = inputFiles({
  'nat.yaml': fixture('default-ipv4-ippool.yaml'),
  'no-nat.yaml': fixture('no-nat.yaml'),
  'old.yaml': pool('a', { cidr: '10.1.0.0/16', blockSize: 26 }),
  'broken-old.yaml': 'kind: Pod\n',
});
afterAll(() => files.remove());

const validate = async (text: string, ...args: string[]) => {
  const { code, stdout, stderr } = await runCli(['validate', '-f', '-', '-o', 'json', ...args], text);
  return { code, stderr, json: JSON.parse(stdout) };
};

describe('documented cases', () => {
  it.concurrent.each(cases.create)('$spec gives $error', async ({ spec, error }) => {
    const { code, json, stderr } = await validate(pool('p', spec));
    const [judged] = json.pools;
    expect(stderr).toBe('');
    expect(json.errors).toEqual([]);
    expect(judged).toMatchObject({ name: 'p', cidr: spec.cidr, line: 1 });
    if (error === null)
      expect({ code, valid: json.valid, violations: judged.violations }).toEqual({
        code: 0,
        valid: true,
        violations: [],
      });
    else {
      expect({ code, valid: json.valid }).toEqual({ code: 1, valid: false });
      expect(judged.violations.map(({ message }: { message: string }) => message)).toContain(error);
    }
  });
});

it('accepts both documented manifests', async () => {
  const { code, stdout, stderr } = await runCli([
    'validate',
    '-f',
    files.path('nat.yaml'),
    '-f',
    files.path('no-nat.yaml'),
    '-o',
    'json',
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    valid: true,
    pools: [
      {
        name: 'default-ipv4-ippool',
        cidr: '192.168.0.0/16',
        file: files.path('nat.yaml'),
        line: 1,
        violations: [],
        warnings: [],
      },
      {
        name: 'no-nat-10.0.0.0-8',
        cidr: '10.0.0.0/8',
        file: files.path('no-nat.yaml'),
        line: 1,
        violations: [],
        warnings: [],
      },
    ],
    errors: [],
  });
});

it('says every violation and warning at once, with rule, field and line', async () => {
  const text = [
    pool('a', { cidr: '224.0.0.1/4', ipipMode: 'Always', vxlanMode: 'Always' }),
    pool('b', { cidr: '230.0.0.0/8' }),
  ].join('---\n');
  const { code, json } = await validate(text);
  expect(code).toBe(1);
  expect(json).toEqual({
    valid: false,
    pools: [
      {
        name: 'a',
        cidr: '224.0.0.1/4',
        file: '<stdin>',
        line: 1,
        violations: [
          { rule: 'C1', field: 'spec.ipipMode', message: 'ipipMode and vxlanMode cannot both be enabled' },
          { rule: 'C10', field: 'spec.cidr', message: 'IPPool CIDR must be strictly masked' },
          { rule: 'C17', field: 'spec.cidr', message: 'IPPool(a) CIDR overlaps with IPPool(b) CIDR 230.0.0.0/8' },
        ],
        warnings: [
          {
            code: 'W_MULTICAST',
            field: 'spec.cidr',
            message: "IPPool CIDR '224.0.0.0/4' overlaps with the multicast range 224.0.0.0/4",
          },
        ],
      },
      {
        name: 'b',
        cidr: '230.0.0.0/8',
        file: '<stdin>',
        line: 10,
        violations: [
          { rule: 'C17', field: 'spec.cidr', message: 'IPPool(b) CIDR overlaps with IPPool(a) CIDR 224.0.0.1/4' },
        ],
        warnings: [
          {
            code: 'W_MULTICAST',
            field: 'spec.cidr',
            message: "IPPool CIDR '230.0.0.0/8' overlaps with the multicast range 224.0.0.0/4",
          },
        ],
      },
    ],
    errors: [],
  });
});

it('reports a missing and an unreadable CIDR as the rule -', async () => {
  const { code, json } = await validate([pool('a', {}), pool('b', { cidr: '10.1' })].join('---\n'));
  expect(code).toBe(1);
  expect(json.pools.map((one: { violations: unknown }) => one.violations)).toEqual([
    [{ rule: '-', field: 'spec.cidr', message: 'IPPool CIDR must be specified' }],
    [{ rule: '-', field: 'spec.cidr', message: 'IPPool CIDR must be a valid subnet' }],
  ]);
});

it('names file, document, line and field of what it cannot read, and still judges the rest', async () => {
  const text = `${pool('a', { cidr: '10.0.0.0/8' })}---\n${pool('b', { cidr: '11.0.0.0/8', natOutgoing: 'yes' })}`;
  const { code, json, stderr } = await validate(text);
  const message = "natOutgoing must be true or false: 'yes'";
  expect(code).toBe(2);
  expect(json).toMatchObject({
    valid: false,
    pools: [{ name: 'a', violations: [] }],
    errors: [{ file: '<stdin>', document: 2, line: 14, field: 'spec.natOutgoing', message }],
  });
  expect(stderr).toBe(`<stdin>: document 2, line 14, spec.natOutgoing: ${message}\n`);
});

describe('files that cannot be used', () => {
  const binary = new Uint8Array([0x7f, 0x45, 0xff, 0xfe, 0x00]);
  it.each([
    ['missing', [files.path('none.yaml')], '', [[files.path('none.yaml'), 'file must exist']]],
    ['a directory', [files.path('')], '', [[files.path(''), 'must be a file, not a directory']]],
    ['not UTF-8', ['-'], binary, [['<stdin>', 'file must be UTF-8 text']]],
    ['empty', ['-'], '', [['<stdin>', 'file must hold at least one document']]],
    ['endless', ['/dev/zero'], '', [['/dev/zero', 'file must be at most 256 MiB']]],
    [
      'all of them',
      [files.path('none.yaml'), files.path('nat.yaml'), '-'],
      binary,
      [
        [files.path('none.yaml'), 'file must exist'],
        ['<stdin>', 'file must be UTF-8 text'],
      ],
    ],
  ] as const)('%s: the JSON form and exit 2', async (_, paths, text, errors) => {
    const args = ['validate', '-o', 'json', ...paths.flatMap((path) => ['-f', path])];
    const { code, stdout, stderr } = await runCli(args, text);
    expect({ code, json: JSON.parse(stdout) }).toEqual({
      code: 2,
      json: {
        valid: false,
        pools: [],
        errors: errors.map(([file, message]) => ({ file, document: 0, line: 0, field: '', message })),
      },
    });
    expect(stderr).toBe(errors.map(([file, message]) => `${file}: ${message}\n`).join(''));
  });

  it('also where --old is one of them', async () => {
    const args = ['-f', files.path('nat.yaml'), '--old', files.path('none.yaml'), '-o', 'json'];
    const { code, stdout } = await runCli(['validate', ...args]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ valid: false, pools: [], errors: [{ message: 'file must exist' }] });
  });
});

describe('--old', () => {
  it('also checks C15 and C16', async () => {
    const { code, json } = await validate(
      pool('a', { cidr: '10.2.0.0/16', blockSize: 28 }),
      '--old',
      files.path('old.yaml'),
    );
    expect(code).toBe(1);
    expect(json.pools[0].violations).toEqual([
      {
        rule: 'C15',
        field: 'spec.cidr',
        message: 'CIDR cannot be changed; follow IP pool migration guide to avoid corruption.',
      },
      {
        rule: 'C16',
        field: 'spec.blockSize',
        message: 'Block size cannot be changed; follow IP pool migration guide to avoid corruption.',
      },
    ]);
  });

  it('lets everything else change', async () => {
    const { code } = await validate(
      pool('a', { cidr: '10.1.0.0/16', natOutgoing: true }),
      '--old',
      files.path('old.yaml'),
    );
    expect(code).toBe(0);
  });

  it('must be readable', async () => {
    const ran = await runCli(['validate', '-f', files.path('old.yaml'), '--old', files.path('broken-old.yaml')]);
    expect(ran).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('document 1, line 1, kind: kind must be one of'),
    });
  });
});

describe('NAT settings', () => {
  const felix = (spec: unknown): string =>
    stringify({ apiVersion: 'projectcalico.org/v3', kind: 'FelixConfiguration', metadata: { name: 'default' }, spec });

  it('are judged when a FelixConfiguration is there', async () => {
    const { code, json } = await validate(felix({ natPortRange: '0:70000' }));
    expect(code).toBe(1);
    expect(json.valid).toBe(false);
    expect(json.settings.violations).toMatchObject([{ rule: 'N3', field: 'global.natPortRange' }]);
  });

  it('may be fine', async () => {
    const { code, json } = await validate(felix({ natPortRange: '30000:40000' }));
    expect({ code, json }).toEqual({
      code: 0,
      json: { valid: true, pools: [], settings: { violations: [], warnings: [] }, errors: [] },
    });
  });
});

it('warns about pools over the addresses of the nodes', async () => {
  const node = stringify({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1' },
    status: { addresses: [{ type: 'InternalIP', address: '192.0.2.11' }] },
  });
  const { code, json } = await validate([node, pool('a', { cidr: '192.0.2.0/24' })].join('---\n'));
  expect(code).toBe(0);
  expect(json.pools[0].warnings).toMatchObject([{ code: 'W_NODE_RANGE' }]);
});

it('writes text for people', async () => {
  const text = [pool('a', { cidr: '10.0.0.1/8' }), pool('b', { cidr: '11.0.0.0/8' })].join('---\n');
  expect(await runCli(['validate', '-f', '-'], text)).toEqual({
    code: 1,
    stdout: [
      "invalid  a  '10.0.0.1/8'  (<stdin>, line 1)",
      '         C10  spec.cidr: IPPool CIDR must be strictly masked',
      'valid    b  11.0.0.0/8  (<stdin>, line 8)',
      'not valid: pools 2, with violations 1',
      '',
    ].join('\n'),
    stderr: '',
  });
});

it('prints nothing that could move a cursor', async () => {
  const text = `${pool('a', { cidr: 'x' }).replace('x', '"\\e[31m"')}---\n${pool('b', {}).replace('{}', '{"\\e[31m": 1}')}`;
  const { stdout, stderr } = await runCli(['validate', '-f', '-'], text);
  expect(stdout).toContain("a  '\\u001b[31m'");
  expect(stderr).toContain('spec.\\u001b[31m: spec must have only fields');
  expect(stdout + stderr).not.toContain('\u001b');
});
