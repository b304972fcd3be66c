/** What the agent writes: all that is wanted once, then nothing; and nothing at all of a file that it cannot use. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exec, systemIn } from '../../exec.ts';
import { holdState, wantedOf } from '../../held-state.ts';
import { type CrowdedNode, crowdedNode, crowdPools, drift } from '../../testing/crowded-node.ts';
import { cannotRun, type Namespace } from '../../testing/namespaces.ts';
import { manifests, runAgent } from '../../testing/run-agent.ts';
import { iptablesDataplane } from './driver.ts';

describe.skipIf(cannotRun !== null).each(['iptables-nft', 'iptables-legacy'] as const)('%s', (backend) => {
  let crowd: CrowdedNode;
  let node: Namespace;
  beforeAll(() => {
    crowd = crowdedNode('dp', backend);
    node = crowd.node;
  });
  afterAll(() => crowd?.remove());

  it('programs both families, leaves others alone, and then has nothing to write', async () => {
    const before = crowd.foreign();
    const first = await crowd.run();
    expect([first.state, first.changed, first.backend]).toEqual(['Programmed', true, backend]);
    expect(first.families['4'].sets.map(({ name, members }) => [name, members.map(({ cidr }) => cidr)])).toEqual([
      ['outgate-src-v4', ['10.10.0.0/24', '10.10.2.7/32']],
      ['outgate-exempt-v4', ['10.10.0.0/24', '10.10.1.0/24', '10.10.2.7/32']],
    ]);
    expect(first.families['6'].sets[0]?.members).toHaveLength(1);
    expect(crowd.foreign()).toBe(before);
    const generation = node.run('ipset save') + node.run('nft -a list ruleset');
    expect((await crowd.run()).changed).toBe(false);
    expect(node.run('ipset save') + node.run('nft -a list ruleset')).toBe(generation);
  });

  it('runs no writing command at all when nothing differs', async () => {
    const { exec, open } = systemIn(node.name);
    const commands: string[] = [];
    const counting: Exec = (command) => {
      commands.push(`${command.file} ${command.args.join(' ')}`);
      return exec(command);
    };
    const dataplane = iptablesDataplane({ exec: counting, open }, backend, process.pid);
    const all = Object.entries(crowdPools).map(([name, spec]) => ({ name, spec }));
    const wanted = wantedOf(holdState(all, { global: {}, nodes: {} }, []), 'n1');
    const held = await dataplane.read();
    for (const family of [4, 6] as const) {
      const found = held.families[family];
      if (found === undefined) throw new Error('a family could not be read');
      const plan = dataplane.plan(wanted[family], found);
      expect([plan.findings, plan.steps]).toEqual([[], []]);
      expect(await dataplane.apply(plan)).toEqual({ failure: null, changed: false });
    }
    expect(commands.filter((one) => !/ -S | list | save /.test(`${one} `))).toEqual([]);
  });

  it('a set that it cannot remove because others hold it is no change, until they let go', async () => {
    const left = 'outgate-tmp-99999999-src-v4';
    node.run(`ipset create ${left} hash:net`);
    node.run(`${crowd.tool(4)} -A FORWARD -m set --match-set ${left} src -j DROP`);
    for (let i = 0; i < 2; i++) {
      const report = await crowd.run();
      expect([report.state, report.changed, drift(report)]).toEqual(['Programmed', false, []]);
    }
    node.run(`${crowd.tool(4)} -D FORWARD -m set --match-set ${left} src -j DROP`);
    expect((await crowd.run()).changed).toBe(true);
    expect(node.run('ipset list -name')).not.toContain(left);
    expect((await crowd.run()).changed).toBe(false);
  });

  it('names no drift when the file changed between two runs', async () => {
    crowd.dir.write('pools.json', manifests({ ...crowdPools, more: { cidr: '10.10.3.0/24', natOutgoing: true } }));
    const more = await crowd.run();
    expect([more.state, more.changed, drift(more)]).toEqual(['Programmed', true, []]);
    crowd.dir.write('pools.json', manifests(crowdPools));
    expect((await crowd.run()).changed).toBe(true);
  });

  it.each([
    ['octal', manifests({ x: { cidr: '010.10.0.0/16', natOutgoing: true } }), /spec\.cidr/],
    ['host bits', manifests({ x: { cidr: '10.10.0.5/24' } }), /spec\.cidr/],
    ['a host name', manifests({ x: { cidr: 'localhost' } }), /spec\.cidr/],
    ['a short form', manifests({ x: { cidr: '10.1/16' } }), /spec\.cidr/],
    ['a wrong type', manifests({ x: { cidr: '10.10.0.0/16', natOutgoing: 'yes' } }), /natOutgoing/],
    ['a port range upside down', manifests(crowdPools, { natPortRange: '40000:30000' }), /natPortRange/],
    ['no YAML', 'a: [', /line/],
    ['nothing', '', /document/],
  ])('a file with %s changes nothing and is refused by field and reason', async (_what, text, said) => {
    const before = node.run('ipset save') + node.run(`${crowd.tool(4)}-save -t nat`).replace(/^#.*$/gm, '');
    const file = crowd.dir.write('bad.json', text);
    const { code, stdout, stderr } = await runAgent('--source', `file:${file}`, ...crowd.args, '--once');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(said);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(node.run('ipset save') + node.run(`${crowd.tool(4)}-save -t nat`).replace(/^#.*$/gm, '')).toBe(before);
  });
});
