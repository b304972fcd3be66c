/** One file through every door that takes one: the commands and the agent refuse the same, in the same words. */
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../cli/main.ts';
import { cannotRun, type Namespace, namespace } from './testing/namespaces.ts';
import { manifests, runAgent, workDir } from './testing/run-agent.ts';

describe.skipIf(cannotRun !== null)('files at every door', () => {
  let node: Namespace;
  const dir = workDir();
  beforeAll(() => {
    node = namespace('doors');
  });
  afterAll(() => {
    node?.remove();
    dir.remove();
  });

  const cli = async (...args: string[]) => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const said = Promise.all([text(stdout), text(stderr)]);
    const code = await main(args, { stdin: Readable.from([]), stdout, stderr });
    stdout.end();
    stderr.end();
    const [out, diagnostics] = await said;
    return { code, stdout: out, lines: linesOf(diagnostics) };
  };
  const agent = async (file: string, task: string) => {
    const args = ['--source', `file:${file}`, '--node', 'n1', '--netns', node.name, '--state-dir', dir.path];
    const { code, stdout, stderr } = await runAgent(...args, task);
    return { code, stdout, lines: linesOf(stderr) };
  };
  const linesOf = (output: string): string[] => output.split('\n').filter((line) => line !== '');

  const doors = async (file: string) => {
    const validated = await cli('validate', '-f', file, '-o', 'json');
    const found = JSON.parse(validated.stdout) as {
      pools: { violations: { rule: string; field: string; message: string }[] }[];
      settings?: { violations: { field: string; message: string }[] };
    };
    const others = {
      simulate: await cli('simulate', '-f', file, '--from', '10.0.0.1', '--to', '8.8.8.8'),
      render: await cli('render', '-f', file),
      'dry run': await agent(file, '--dry-run'),
      agent: await agent(file, '--once'),
    };
    const violations = found.pools.flatMap((pool) => pool.violations);
    return { validated, violations, settings: found.settings?.violations ?? [], others: Object.entries(others) };
  };
  const programmed = () => node.run('ipset save') + node.run('iptables-nft -t nat -S');

  it('a CIDR that names no one range, and a setting that means nothing: validate says no, the others cannot use it', async () => {
    const pools = {
      none: {},
      'no-subnet': { cidr: '10.1' },
      octal: { cidr: '010.1.0.0/16' },
      'host-bits': { cidr: '10.1.2.3/24', natOutgoing: true },
      'host-bits-6': { cidr: 'fd00::1:0/64' },
    };
    const file = dir.write('unusable.json', manifests(pools, { natPortRange: '01:02' }));
    const before = programmed();
    const { validated, violations, settings, others } = await doors(file);
    expect(validated.code).toBe(1);
    const reasons = [...violations, ...settings].map(({ message }) => message);
    expect(reasons).toEqual([
      'IPPool CIDR must be specified',
      'IPPool CIDR must be a valid subnet',
      'IPPool CIDR must be a valid subnet',
      'IPPool CIDR must be strictly masked',
      'IPPool CIDR must be strictly masked',
      "natPortRange must have no leading zeros: '01:02'",
    ]);
    const fields = [...Array.from({ length: 5 }, () => 'spec.cidr'), 'spec.natPortRange'];
    const values = ['', ": '10.1'", ": '010.1.0.0/16'", ": '10.1.2.3/24'; write 10.1.2.0/24, or 10.1.2.3/32"];
    values.push(": 'fd00::1:0/64'; write fd00::/64, or fd00::1:0/128", '');
    const lines = reasons.map((reason, i) => `${file}: document 1, line 1, ${fields[i]}: ${reason}${values[i]}`);
    for (const [door, { code, stdout, lines: said }] of others) {
      expect({ door, code, stdout, said }).toEqual({ door, code: 2, stdout: '', said: lines });
    }
    expect(programmed()).toBe(before);
  });

  it('what is no IPPool is unusable everywhere, in one wording', async () => {
    const file = dir.write('shape.json', manifests({ a: { cidr: '10.0.0.0/8', natOutgoing: 'yes', blockSize: 'x' } }));
    const before = programmed();
    const { validated, others } = await doors(file);
    const said = [
      `${file}: document 1, line 1, spec.natOutgoing: natOutgoing must be true or false: 'yes'`,
      `${file}: document 1, line 1, spec.blockSize: blockSize must be a whole number: 'x'`,
    ];
    expect([validated.code, validated.lines]).toEqual([2, said]);
    for (const [door, { code, stdout, lines }] of others)
      expect({ door, code, stdout, lines }).toEqual({ door, code: 2, stdout: '', lines: said });
    expect(programmed()).toBe(before);
  });

  it('every rule that leaves no doubt about the kernel: validate says no, the others decide and name it', async () => {
    const balancer = { allowedUses: ['LoadBalancer'] };
    const pools = {
      c1: { cidr: '10.0.0.0/24', natOutgoing: true, ipipMode: 'Always', vxlanMode: 'Always' },
      c2: { cidr: '10.0.1.0/24', ...balancer, ipipMode: 'Always' },
      c3: { cidr: '10.0.2.0/24', allowedUses: ['LoadBalancer', 'Workload'] },
      c4: { cidr: 'fd00:4::/64', ipipMode: 'Always' },
      c5: { cidr: '10.0.3.0/24', ...balancer, disableBGPExport: true },
      c6: { cidr: '10.0.4.0/24', ...balancer, nodeSelector: 'has(x)' },
      c7: { cidr: '10.0.5.0/24', namespaceSelector: 'has(x)', natOutgoing: true },
      c8: { cidr: '10.0.6.0/24', nodeSelector: 'global()' },
      c9: { cidr: '10.0.7.0/24', allowedUses: ['Workload'], namespaceSelector: 'global()' },
      c11: { cidr: '169.254.0.0/24' },
      c12: { cidr: 'fe80::/64' },
      c13: { cidr: '10.0.8.0/24', blockSize: 19, disabled: true },
      c14: { cidr: '10.0.9.0/28' },
      c17: { cidr: '10.0.0.0/25' },
      s1: { cidr: '10.0.10.0/24', nodeSelector: 'has(' },
      s2: { cidr: '10.0.11.0/24', allowedUses: ['Workload'], namespaceSelector: 'a ==' },
    };
    const file = dir.write('taken.json', manifests(pools));
    const { validated, violations, others } = await doors(file);
    expect(validated.code).toBe(1);
    const rules = [...new Set(violations.map(({ rule }) => rule))];
    expect(rules.sort()).toEqual(
      Object.keys(pools)
        .map((name) => name.toUpperCase())
        .sort(),
    );
    const lines = violations.map(
      ({ rule, field, message }) => `${file}: document 1, line 1, ${field}: rule ${rule} does not hold: ${message}`,
    );
    for (const [door, { code, lines: said }] of others)
      expect({ door, code, said }).toEqual({ door, code: 0, said: lines });
    expect(
      node
        .run('ipset save outgate-src-v4')
        .match(/^add .*\/\d+/gm)
        ?.sort(),
    ).toEqual(['add outgate-src-v4 10.0.0.0/24', 'add outgate-src-v4 10.0.5.0/24']);
  });
});
