import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), `outgate-simulate-${process.pid}-`));
const path = (name: string): string => join(directory, name);
const main = join(import.meta.dirname, 'main.ts');

function outgate(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr };
}

interface Case {
  id: string;
  src: string;
  dst: string;
  expectNat: boolean;
  expectSource: string | null;
  proto?: string;
  flags?: string;
  direction?: string;
  untracked?: boolean;
  sysctl?: object;
  precondition?: string;
}
interface Fixture {
  pools: { cidr: string; natOutgoing: boolean }[];
  node: { addrs: Record<string, string[]>; routes: string[] };
  flows: Case[];
}
/** Flows as a real kernel treated them. */
const seen: Fixture = JSON.parse(readFileSync(join(import.meta.dirname, '../core/nat/fixtures/flows.json'), 'utf8'));

const poolText = (name: string, spec: object): string =>
  JSON.stringify({ apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name }, spec });

function nodeText(change: { up1?: string[] } = {}): string {
  const addrs = { ...seen.node.addrs, ...change };
  const interfaces = Object.entries(addrs).map(([name, addresses]) => ({
    name,
    addresses: addresses.map((text) => text.split(' ')[0] ?? ''),
  }));
  interfaces.push({ name: 'vxlan0', addresses: ['10.10.200.1/32'] });
  const routes = seen.node.routes.map((text) => {
    const [to = '', , via = '', , src = null] = text.replace('(6)', '').split(' ');
    return { to, via, dev: via === '198.51.100.2' ? 'up1' : 'up0', src };
  });
  routes.push({ to: '10.99.0.0/16', via: '10.10.200.2', dev: 'vxlan0', src: null });
  return JSON.stringify({ name: 'node-1', interfaces, routes });
}

/** The question as the CLI takes it. */
function flowOf({ id, src, dst, proto, flags, direction, untracked, sysctl }: Case) {
  const address = (text: string): string => /^[0-9a-f.:]*[0-9a-f]/.exec(text.replace(/(\.\d+):\d+/, '$1'))?.[0] ?? text;
  const [to = '', resolved] = dst.split(' -> DNAT ');
  const invalid = flags !== undefined && sysctl === undefined;
  const state = direction === 'reply' ? 'established' : untracked ? 'untracked' : invalid ? 'invalid' : 'new';
  return {
    id,
    from: address(src),
    to: address(to),
    proto,
    state,
    ...(resolved === undefined ? {} : { resolvedTo: address(resolved) }),
  };
}

beforeAll(() => {
  const docs = seen.pools.map(({ cidr, natOutgoing }, i) => poolText(`pool-${i}`, { cidr, natOutgoing }));
  writeFileSync(path('pools.yaml'), docs.join('\n---\n'));
  writeFileSync(path('node.json'), nodeText());
  writeFileSync(path('unnumbered.json'), nodeText({ up1: [] }));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Rules of others come first there: desired state does not know them, and says whose address ours would have given. */
const othersFirst = ['J4', 'J8', 'J9'];
/** Ten ports, all taken: how many flows there are is no question of one flow. It has a test of its own. */
const asked = seen.flows.filter(({ id }) => id !== 'K8');

test('flows that a kernel was seen to treat: all in one stream, in order', () => {
  for (const unnumbered of [false, true]) {
    const cases = asked.filter(({ precondition }) => (precondition !== undefined) === unnumbered);
    writeFileSync(path('flows.jsonl'), `${cases.map((one) => JSON.stringify(flowOf(one))).join('\n')}\n`);
    const node = path(unnumbered ? 'unnumbered.json' : 'node.json');
    const { status, stdout, stderr } = outgate([
      'simulate',
      '-f',
      path('pools.yaml'),
      '--node',
      node,
      '--flows',
      path('flows.jsonl'),
      '-o',
      'jsonl',
    ]);
    expect([status, stderr]).toEqual([0, '']);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.map(({ id, verdict, source }) => [id, verdict, source.address])).toEqual(
      cases.map(({ id, expectNat, expectSource }) => [
        id,
        expectNat ? 'SNAT' : 'NO_SNAT',
        othersFirst.includes(id) ? '192.0.2.1' : expectSource,
      ]),
    );
    expect(cases.length).toBeGreaterThan(unnumbered ? 0 : 20);
  }
});

test('K8: ports that a kernel was seen to use up are the ports that are said', () => {
  const felix = { kind: 'FelixConfiguration', metadata: { name: 'default' }, spec: { natPortRange: '40000:40009' } };
  writeFileSync(path('ten.yaml'), JSON.stringify({ apiVersion: 'projectcalico.org/v3', ...felix }));
  const lines = Array.from({ length: 15 }, (_, id) =>
    JSON.stringify({ id, from: '10.10.0.2', to: '8.8.8.8', proto: 'udp', port: 7777, sport: 5000 + id }),
  );
  const { status, stdout } = outgate(
    ['simulate', '-f', path('pools.yaml'), '-f', path('ten.yaml'), '--node', path('node.json'), '--flows', '-'],
    lines.join('\n'),
  );
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const source = { address: '192.0.2.1', interface: 'up0', ports: [40000, 40009] };
  expect([status, answers]).toEqual([
    0,
    lines.map((_, id) => ({ id, verdict: 'SNAT', code: 'SNAT_MASQUERADE', source })),
  ]);
}, 30_000);

describe('one flow', () => {
  const one = (...args: string[]) => outgate(['simulate', '-f', path('pools.yaml'), ...args]);

  test('JSON alone on stdout, with every step', () => {
    const { status, stdout, stderr } = one(
      '--from',
      '10.10.0.2',
      '--to',
      '8.8.8.8',
      '--node',
      path('node.json'),
      '--proto',
      'udp',
      '-o',
      'json',
    );
    expect([status, stderr]).toEqual([0, '']);
    const { steps, ...answer } = JSON.parse(stdout);
    expect(answer).toEqual({
      verdict: 'SNAT',
      code: 'SNAT_MASQUERADE',
      source: { address: '192.0.2.1', interface: 'up0', ports: [1024, 65535] },
    });
    expect(steps.map((step: { code: string }) => step.code)).toEqual([
      'FLOW_NEW',
      'DESTINATION_NOT_LOCAL',
      'SOURCE_IN_NAT_POOL',
      'DESTINATION_IN_NO_POOL',
      'ROUTE',
      'SOURCE_MASQUERADED',
      'PORTS',
    ]);
    expect(steps[2]).toMatchObject({ pool: 'pool-0', field: 'spec.natOutgoing', rule: null });
  });

  test('without a node the address is null', () => {
    const { stdout } = one('--from', '10.10.0.2', '--to', '8.8.8.8', '-o', 'json');
    expect(JSON.parse(stdout).source).toEqual({ address: null, interface: null, ports: [1024, 65535] });
  });

  test('text: the verdict first, then numbered reasons', () => {
    const { status, stdout } = one('--from', '10.10.0.2', '--to', '10.10.1.9');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^NO_SNAT {2}NO_SNAT_DESTINATION_IN_POOL\n {2}1\. .*\n {2}2\. /);
  });

  test('the port of --to may stand behind it, as the usage says', () => {
    const to = (...args: string[]) => one('--from', '10.10.0.2', '--to', ...args, '-o', 'json').stdout;
    expect(to('8.8.8.8:53')).toBe(to('8.8.8.8', '--port', '53'));
    expect(outgate(['simulate', '--help']).stdout).toContain('--to IP[:PORT] ');
  });

  test('every error at once, with its flag, exit 2, nothing on stdout', () => {
    const { status, stdout, stderr } = one('--from', '010.1.2.3', '--to', '1', '--proto', 'x', '--port', '65536');
    expect([status, stdout]).toEqual([2, '']);
    for (const flag of ['--from', '--to', '--proto', '--port']) expect(stderr).toContain(`${flag}: `);
    expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
  });

  test.each([
    [['--from', '10.10.0.2'], '--to must be given'],
    [['--from', '10.10.0.2', '--to', 'fd10::1'], 'to must be IPv4'],
    [['--from', '10.10.0.2', '--to', '8.8.8.8', '--state', 'odd'], '--state must be one of'],
    [['--from', '10.10.0.2', '--flows', '-'], '--from must not be given with --flows'],
    [['--from', '10.10.0.2', '--to', '8.8.8.8', '--node', '/nowhere'], '--node must be a readable file'],
    [['--flows', '/nowhere'], '/nowhere: file must exist'],
  ])('%s: exit 2', (args, message) => {
    const { status, stderr } = one(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('settings and nodes in -f', () => {
  const felix = (name: string, spec: object) =>
    JSON.stringify({ apiVersion: 'projectcalico.org/v3', kind: 'FelixConfiguration', metadata: { name }, spec });
  const ask = (documents: string[], ...args: string[]) => {
    writeFileSync(
      path('state.yaml'),
      [poolText('a', { cidr: '10.10.0.0/16', natOutgoing: true }), ...documents].join('\n---\n'),
    );
    return outgate(['simulate', '-f', path('state.yaml'), '--from', '10.10.0.2', ...args, '-o', 'json']);
  };

  test('a node has its own settings, by facts or by name', () => {
    const documents = [
      felix('default', { natOutgoingAddress: '192.0.2.77' }),
      felix('node.node-1', { natOutgoingAddress: '192.0.2.78' }),
    ];
    const source = (...args: string[]) => JSON.parse(ask(documents, '--to', '8.8.8.8', ...args).stdout).source.address;
    expect([source(), source('--node', 'node-1'), source('--node', path('node.json'))]).toEqual([
      '192.0.2.77',
      '192.0.2.78',
      '192.0.2.78',
    ]);
  });

  test('a node file that is none is refused with its fields', () => {
    const refused = (text: string): string[] => {
      writeFileSync(path('bad-node.yaml'), text);
      const { status, stderr } = outgate([
        'simulate',
        '-f',
        path('pools.yaml'),
        '--node',
        path('bad-node.yaml'),
        '--from',
        '10.10.0.2',
        '--to',
        '8.8.8.8',
      ]);
      expect(status).toBe(2);
      return stderr.trimEnd().split('\n');
    };
    expect(refused('')).toEqual([`${path('bad-node.yaml')}: node: must be an object`]);
    expect(refused('{name: "", interfaces: 1, routes: []}')).toEqual([
      `${path('bad-node.yaml')}: node.name: must not be empty`,
      `${path('bad-node.yaml')}: node.interfaces: must be a list`,
    ]);
  });

  test('Node objects say which addresses are nodes', () => {
    const node = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n2' },
      status: { addresses: [{ type: 'InternalIP', address: '192.0.2.12' }] },
    });
    const exempt = felix('default', { natOutgoingExclusions: 'IPPoolsAndHostIPs' });
    expect(JSON.parse(ask([node], '--to', '192.0.2.12').stdout).code).toBe('SNAT_MASQUERADE');
    expect(JSON.parse(ask([node, exempt], '--to', '192.0.2.12').stdout).code).toBe('NO_SNAT_DESTINATION_IS_NODE');
    expect(ask([exempt], '--to', '192.0.2.12').stderr).toContain('no Node object');
  });

  test('settings that stop Felix and CIDRs that cannot be read are refused, all at once', () => {
    const { status, stdout, stderr } = ask(
      [
        felix('default', { natPortRange: '30000-40000', natOutgoingAddress: '::1' }),
        poolText('b', { cidr: '10.0.0.0/40' }),
      ],
      '--to',
      '8.8.8.8',
    );
    expect(status).toBe(2);
    const file = path('state.yaml');
    expect(JSON.parse(stdout).errors).toMatchObject([
      { file, document: 3, line: 5, field: 'spec.cidr' },
      { file, document: 2, line: 3, field: 'spec.natOutgoingAddress' },
      { file, document: 2, line: 3, field: 'spec.natPortRange' },
    ]);
    expect(stderr).toContain('write 30000:40000');
    expect(stderr).toContain(
      "document 2, line 3, spec.natOutgoingAddress: natOutgoingAddress must be an IPv4 address: '::1'",
    );
    expect(stderr).toContain("IPPool CIDR must be a valid subnet: '10.0.0.0/40'");
  });
});

test('with -o json a file that cannot be used is told in JSON as well', () => {
  const flow = ['--from', '10.0.0.1', '--to', '8.8.8.8', '-o', 'json'];
  const { status, stdout, stderr } = outgate(['simulate', '-f', path('none.yaml'), ...flow]);
  const errors = [{ file: path('none.yaml'), document: 0, line: 0, field: '', message: 'file must exist' }];
  expect([status, JSON.parse(stdout), stderr]).toEqual([2, { errors }, `${path('none.yaml')}: file must exist\n`]);
});
