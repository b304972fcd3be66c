import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readManifests } from './read.ts';

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
const read = (...texts: string[]) =>
  readManifests(texts.map((text, i) => ({ name: texts.length === 1 ? 'f.yaml' : `f${i + 1}.yaml`, text })));
const errors = (...texts: string[]): string[] =>
  read(...texts).errors.map(
    ({ file, document, line, field, message }) => `${file}:${document}:${line} ${field}: ${message}`,
  );
const pools = (text: string) => {
  const found = read(text);
  expect(found.errors).toEqual([]);
  return found.pools.map(({ pool }) => pool);
};
const pool = (spec: string, name = 'a'): string =>
  `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: ${name}\nspec:\n${spec}`;

describe('accepted forms', () => {
  it('both documented manifests as they are, together', () => {
    const text = `${fixture('default-ipv4-ippool.yaml')}---\n${fixture('no-nat.yaml')}`;
    expect(read(text)).toEqual({
      pools: [
        {
          pool: { name: 'default-ipv4-ippool', spec: { cidr: '192.168.0.0/16', natOutgoing: true } },
          file: 'f.yaml',
          document: 1,
          line: 1,
        },
        {
          pool: { name: 'no-nat-10.0.0.0-8', spec: { cidr: '10.0.0.0/8', disabled: true } },
          file: 'f.yaml',
          document: 2,
          line: 9,
        },
      ],
      settings: null,
      settingsAt: new Map(),
      nodes: [],
      errors: [],
    });
  });

  it("a List of live objects: metadata and status are the cluster's", () => {
    expect(read(fixture('live-list.yaml'))).toMatchObject({
      errors: [],
      pools: [
        {
          line: 3,
          document: 1,
          pool: {
            name: 'default-ipv4-ippool',
            spec: {
              cidr: '192.168.0.0/16',
              natOutgoing: true,
              blockSize: 26,
              ipipMode: 'Never',
              vxlanMode: 'CrossSubnet',
              nodeSelector: 'all()',
              allowedUses: ['Workload', 'Tunnel'],
              assignmentMode: 'Automatic',
            },
          },
        },
        { line: 42, pool: { name: 'v6', spec: { cidr: 'fd00::/64' } } },
      ],
    });
  });

  it('lists in lists, but none that holds itself', () => {
    const inner = `kind: List\n  items:\n  - ${pool('  cidr: 10.0.0.0/8\n').trim().replaceAll('\n', '\n    ')}\n`;
    expect(pools(`kind: List\nitems:\n- ${inner}`)).toHaveLength(1);
    expect(errors('kind: List\nitems: &a\n- kind: List\n  items: *a\n')).toEqual([
      'f.yaml:1:1 : document must not hold an alias of something around it',
    ]);
  });

  it('an IPPoolList whose items do not repeat the kind', () => {
    const text =
      'apiVersion: projectcalico.org/v3\nkind: IPPoolList\nitems:\n- metadata: {name: a}\n  spec: {cidr: 10.0.0.0/8}\n';
    expect(pools(text)).toEqual([{ name: 'a', spec: { cidr: '10.0.0.0/8' } }]);
  });

  it('JSON, one object, pretty or not, and lists', () => {
    const object = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPPool',
      metadata: { name: 'a' },
      spec: { cidr: '10.0.0.0/8' },
    };
    const list = { kind: 'List', apiVersion: 'v1', items: [object] };
    for (const value of [object, list, [object]]) {
      for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2), JSON.stringify(value, null, '\t')]) {
        expect(pools(text), text).toEqual([{ name: 'a', spec: { cidr: '10.0.0.0/8' } }]);
      }
    }
  });

  it('Windows line ends, a byte order mark, comments, anchors and empty documents', () => {
    const text = `\ufeff# pools\n---\n---\n${pool('  cidr: &c 10.0.0.0/8\n  nodeSelector: *c\n')}---\n`.replaceAll(
      '\n',
      '\r\n',
    );
    const found = read(text);
    expect(found.errors).toEqual([]);
    expect(found.pools).toMatchObject([
      { line: 4, pool: { spec: { cidr: '10.0.0.0/8', nodeSelector: '10.0.0.0/8' } } },
    ]);
  });

  it('an empty List: that there is no pool', () => {
    expect(read('apiVersion: v1\nkind: List\nitems: []\n')).toEqual({
      pools: [],
      settings: null,
      settingsAt: new Map(),
      nodes: [],
      errors: [],
    });
  });

  it.each([
    ['{}', {}],
    ['{nat-outgoing: true, disabled: false}', { natOutgoing: true, disabled: false }],
    ['{ipip: {enabled: true}}', { ipipMode: 'Always' }],
    ['{ipip: {enabled: true, mode: always}}', { ipipMode: 'Always' }],
    ['{ipip: {enabled: true, mode: cross-subnet}}', { ipipMode: 'CrossSubnet' }],
    ['{ipip: {enabled: false, mode: cross-subnet}}', { ipipMode: 'Never' }],
    ['{ipip: {mode: always}}', { ipipMode: 'Never' }],
  ])('the old ipPool with spec %s', (spec, expected) => {
    expect(pools(`apiVersion: v1\nkind: ipPool\nmetadata:\n  cidr: 10.1.0.0/16\nspec: ${spec}\n`)).toEqual([
      { name: '10-1-0-0-16', spec: { cidr: '10.1.0.0/16', ...expected } },
    ]);
  });

  it('the old ipPool of IPv6, and in a bare list', () => {
    expect(pools('- apiVersion: v1\n  kind: ipPool\n  metadata:\n    cidr: FD00::/64\n')).toEqual([
      { name: 'fd00---64', spec: { cidr: 'fd00::/64' } },
    ]);
  });
});

describe('CIDRs', () => {
  it.each([
    ['FD00:0::/64', 'fd00::/64'],
    ['10.0.0.1/8', '10.0.0.1/8'],
    ['010.0.0.0/8', '010.0.0.0/8'],
    ["''", ''],
  ])('%s is kept as %s, for the rules to judge', (text, cidr) => {
    expect(pools(pool(`  cidr: ${text}\n`))).toEqual([{ name: 'a', spec: { cidr } }]);
  });

  it('a missing one is left to the rules', () => {
    expect(pools(pool('  natOutgoing: true\n'))).toEqual([{ name: 'a', spec: { cidr: '', natOutgoing: true } }]);
    expect(pools(pool('  cidr:\n'))).toEqual([{ name: 'a', spec: { cidr: '' } }]);
  });
});

describe('refused, with file, document, line and field', () => {
  it.each([
    [
      'kind: Pod\napiVersion: v1\n',
      "f.yaml:1:1 kind: kind must be one of IPPool, ipPool, FelixConfiguration, Node, List: 'Pod'",
    ],
    [
      'apiVersion: v1\n',
      'f.yaml:1:1 kind: kind must be one of IPPool, ipPool, FelixConfiguration, Node, List: it is absent',
    ],
    [
      'kind: toString\n',
      "f.yaml:1:1 kind: kind must be one of IPPool, ipPool, FelixConfiguration, Node, List: 'toString'",
    ],
    [
      'kind: PodList\nitems: []\n',
      "f.yaml:1:1 kind: kind must be one of IPPool, ipPool, FelixConfiguration, Node, List: 'PodList'",
    ],
    [
      'kind: IPPool\n',
      'f.yaml:1:1 apiVersion: apiVersion of kind IPPool must be projectcalico.org/v3 or crd.projectcalico.org/v1: it is absent',
    ],
    [
      '\nkind: IPPool\napiVersion: v1\n',
      "f.yaml:1:3 apiVersion: apiVersion of kind IPPool must be projectcalico.org/v3 or crd.projectcalico.org/v1: 'v1'",
    ],
    [
      'kind: ipPool\napiVersion: projectcalico.org/v3\n',
      "f.yaml:1:2 apiVersion: apiVersion of kind ipPool must be v1: 'projectcalico.org/v3'",
    ],
    ['kind: List\nitems: 3\n', 'f.yaml:1:2 items: items must be a list: 3'],
    ['kind: List\nitems:\n- 3\n', 'f.yaml:1:3 : document must be an object: 3'],
    ['kind: List\nitems:\n- - a\n', 'f.yaml:1:3 : item of a list must be an object'],
    ['hello\n', "f.yaml:1:1 : document must be an object: 'hello'"],
    [
      'a: 1\n---\n42\n',
      [
        'f.yaml:1:1 kind: kind must be one of IPPool, ipPool, FelixConfiguration, Node, List: it is absent',
        'f.yaml:2:3 : document must be an object: 42',
      ],
    ],
    ['', 'f.yaml:0:0 : file must hold at least one document'],
    ['---\n# nothing\n---\n', 'f.yaml:0:0 : file must hold at least one document'],
    [
      pool('  cidr: 10.0.0.0/8\n').replace('  name: a', '  name: A_b'),
      "f.yaml:1:4 metadata.name: name must consist of lower case letters, digits, '-' and '.', and start and end with a letter or digit: 'A_b'",
    ],
    [
      pool('  cidr: 10.0.0.0/8\n').replace('metadata:\n  name: a\n', ''),
      'f.yaml:1:1 metadata.name: name must be given',
    ],
    [pool('').replace('spec:\n', ''), 'f.yaml:1:1 spec: spec must be given'],
    [
      pool('  cidr: 10.0.0.0/8\nsepc: {}\n'),
      "f.yaml:1:7 sepc: an IPPool must have only the fields apiVersion, kind, metadata, spec, status: 'sepc'",
    ],
    [
      pool('  cidr: 10.0.0.0/8\n  natoutgoing: true\n'),
      "f.yaml:1:7 spec.natoutgoing: spec must have only fields of an IPPool (did you mean 'natOutgoing'?): 'natoutgoing'",
    ],
    [
      pool('  cidr: 10.0.0.0/8\n  natOutgoing: yes\n'),
      "f.yaml:1:7 spec.natOutgoing: natOutgoing must be true or false: 'yes'",
    ],
    [
      pool('  cidr: 10.0.0.0/8\n  allowedUses:\n  - Workload\n  - Pod\n'),
      "f.yaml:1:9 spec.allowedUses[1]: allowedUses[1] must be one of 'Workload', 'Tunnel', 'LoadBalancer': 'Pod'",
    ],
    [pool('  cidr: 10.0.0.0/8\n  a.b: 1\n'), "f.yaml:1:7 spec.a.b: spec must have only fields of an IPPool: 'a.b'"],
    [
      pool('  cidr: 10.0.0.0/8\n  blockSize: 026\n'),
      "f.yaml:1:7 spec.blockSize: blockSize must be a decimal number without leading zeros: '026'",
    ],
    ['kind: ipPool\napiVersion: v1\n', 'f.yaml:1:1 metadata.cidr: IPPool CIDR must be specified'],
    [
      'kind: ipPool\napiVersion: v1\nmetadata: {cidr: 10.1}\n',
      'f.yaml:1:3 metadata.cidr: IPPool CIDR must be a valid subnet: 10.1',
    ],
    [
      'kind: ipPool\napiVersion: v1\nmetadata: {cidr: "::/96"}\n',
      "f.yaml:1:3 metadata.cidr: IPPool CIDR must give a name that does not start with '-': '::/96'",
    ],
    [
      'kind: ipPool\napiVersion: v1\nmetadata: {cidr: 10.1.0.0/16}\nspec:\n  ipip:\n    enabled: 1\n    mode: x\n    y: 1\n  natOutgoing: true\n',
      [
        "f.yaml:1:9 spec.natOutgoing: the spec of an ipPool must have only the fields ipip, nat-outgoing, disabled: 'natOutgoing'",
        "f.yaml:1:8 spec.ipip.y: ipip must have only the fields enabled, mode: 'y'",
        'f.yaml:1:6 spec.ipip.enabled: enabled must be true or false: 1',
        "f.yaml:1:7 spec.ipip.mode: mode must be one of 'always', 'cross-subnet': 'x'",
      ],
    ],
  ])('%j', (text, expected) => {
    expect(errors(text)).toEqual(typeof expected === 'string' ? [expected] : expected);
  });

  it('a second pool of the same name, in any file', () => {
    expect(errors(pool('  cidr: 10.0.0.0/8\n'), `---\n${pool('  cidr: 11.0.0.0/8\n')}`)).toEqual([
      "f2.yaml:1:5 metadata.name: name must be given to one IPPool only: 'a' is also in f1.yaml, document 1, line 1",
    ]);
  });

  it('keeps the good objects beside the bad ones', () => {
    const found = read(`${pool('  cidr: 10.0.0.0/8\n')}---\nkind: Pod\n---\n${pool('  cidr: 11.0.0.0/8\n', 'b')}`);
    expect(found.pools.map((one) => [one.pool.name, one.document, one.line])).toEqual([
      ['a', 1, 1],
      ['b', 3, 10],
    ]);
    expect(found.errors).toHaveLength(1);
  });
});
