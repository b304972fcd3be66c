/** What the agent does to a kernel, and what it leaves alone: both backends, both families, beside rules and sets of others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../core/wire/report.ts';
import { conditionList } from './conditions.ts';
import { iptablesDataplane } from './dataplane/iptables/driver.ts';
import { type Exec, systemIn } from './exec.ts';
import { holdState, wantedOf } from './held-state.ts';
import { agentMetrics } from './metrics.ts';
import { reconciler } from './reconcile.ts';
import { cannotRun, type Namespace, namespace } from './testing/namespaces.ts';
import { agentFile, manifests, once, runAgent, startAgent, workDir } from './testing/run-agent.ts';
import { streamServer } from './testing/stream-server.ts';

const CHAIN = 'OUTGATE-POSTROUTING';
const pools = {
  a: { cidr: '10.10.0.0/24', natOutgoing: true },
  b: { cidr: '10.10.1.0/24' },
  six: { cidr: 'fd10::/64', natOutgoing: true },
  one: { cidr: '10.10.2.7/32', natOutgoing: true, disabled: true },
};

describe.skipIf(cannotRun !== null).each(['iptables-nft', 'iptables-legacy'] as const)('%s', (backend) => {
  let node: Namespace;
  const dir = workDir();
  const args: string[] = [];
  const flavour = backend === 'iptables-nft' ? 'nft' : 'legacy';
  const tool = (family: 4 | 6): string => `${family === 4 ? 'iptables' : 'ip6tables'}-${flavour}`;

  /** Everything in the kernel that is not ours, byte for byte; counters and times cut off. */
  const foreign = (): string => {
    const saves = ['iptables-nft', 'ip6tables-nft', 'iptables-legacy', 'ip6tables-legacy'].map((one) => {
      return node
        .run(`${one}-save`)
        .replace(/^#.*$/gm, '')
        .replace(/\[\d+:\d+\]/g, '');
    });
    const others = saves.map((text) =>
      text
        .split('\n')
        .filter((line) => !line.includes(CHAIN))
        .join('\n'),
    );
    const sets = node
      .run('ipset save')
      .split('\n')
      .filter((line) => !line.includes(' outgate-'));
    const nft = node.run('nft list ruleset').replace(/counter packets \d+ bytes \d+/g, 'counter');
    const nftOthers = nft.replace(/\n?\tchain OUTGATE-POSTROUTING \{[^}]*\}\n/g, '').split('\n');
    const kept = nftOthers.filter((line) => !line.includes(CHAIN));
    return [...others, ...sets, ...kept].join('\n').replace(/\n+/g, '\n');
  };
  const run = (): Promise<Report> => once('--source', `file:${dir.path}/pools.json`, ...args);
  const drift = (report: Report): string[] =>
    report.conditions.filter(({ type }) => type === 'Drifted').map(({ reason }) => reason);

  beforeAll(() => {
    node = namespace('dp');
    args.push('--node', 'n1', '--netns', node.name, '--state-dir', dir.path, '--backend', backend);
    dir.write('pools.json', manifests(pools));
    for (const one of ['iptables-nft', 'ip6tables-nft', 'iptables-legacy', 'ip6tables-legacy']) {
      const v6 = one.startsWith('ip6');
      node.run(`${one} -t nat -N FOREIGN`);
      node.run(`${one} -t nat -A POSTROUTING -s ${v6 ? 'fd99::1' : '198.51.100.9'} -j FOREIGN`);
      node.run(`${one} -t nat -A FOREIGN -m comment --comment it's-ours -j RETURN`);
      node.run(`${one} -A FORWARD -d ${v6 ? 'fd99::2' : '198.51.100.8'} -j DROP`);
    }
    node.run('ipset create foreign-set hash:net');
    node.run('ipset add foreign-set 203.0.113.0/24');
    node.run('ipset create outgate-other hash:ip');
    node.run('nft -f -', 'table inet mine {\n set s {\n type ipv4_addr\n elements = { 192.0.2.9 }\n }\n}\n');
  });
  afterAll(() => {
    node?.remove();
    dir.remove();
  });

  it('programs both families, leaves others alone, and then has nothing to write', async () => {
    const before = foreign();
    const first = await run();
    expect([first.state, first.changed, first.backend]).toEqual(['Programmed', true, backend]);
    expect(first.families['4'].sets.map(({ name, members }) => [name, members.map(({ cidr }) => cidr)])).toEqual([
      ['outgate-src-v4', ['10.10.0.0/24', '10.10.2.7/32']],
      ['outgate-exempt-v4', ['10.10.0.0/24', '10.10.1.0/24', '10.10.2.7/32']],
    ]);
    expect(first.families['6'].sets[0]?.members).toHaveLength(1);
    expect(foreign()).toBe(before);
    const generation = node.run('ipset save') + node.run('nft -a list ruleset');
    expect((await run()).changed).toBe(false);
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
    const all = Object.entries(pools).map(([name, spec]) => ({ name, spec }));
    const wanted = wantedOf(holdState(all, { global: {}, nodes: {} }, []), 'n1');
    const held = await dataplane.read();
    for (const family of [4, 6] as const) {
      const found = held.families[family];
      if (found === undefined) throw new Error('a family could not be read');
      const plan = dataplane.plan(wanted[family], found);
      expect([plan.findings, plan.steps]).toEqual([[], []]);
      expect(await dataplane.apply(plan)).toBeNull();
    }
    expect(commands.filter((one) => !/ -S | list | save /.test(`${one} `))).toEqual([]);
  });

  const rule = (family: 4 | 6) =>
    node
      .run(`${tool(family)} -t nat -S ${CHAIN}`)
      .split('\n')[1]
      ?.slice(3) ?? '';
  it.each<[string, string[], (family: 4 | 6) => void]>([
    ['a deleted rule', ['RuleMissing'], (f) => node.run(`${tool(f)} -t nat -D ${CHAIN} 1`)],
    ['a flushed chain', ['RuleMissing'], (f) => node.run(`${tool(f)} -t nat -F ${CHAIN}`)],
    [
      'a removed chain',
      ['JumpMissing', 'RuleMissing'],
      (f) => {
        node.run(`${tool(f)} -t nat -D POSTROUTING 2`);
        node.run(`${tool(f)} -t nat -F ${CHAIN}`);
        node.run(`${tool(f)} -t nat -X ${CHAIN}`);
      },
    ],
    [
      'a rule changed under its own comment',
      ['RuleChanged'],
      (f) => {
        const text = rule(f)
          .replace(/ -j .*/, ' -j ACCEPT')
          .replaceAll('"', '');
        node.run(`${tool(f)} -t nat -R ${CHAIN} 1 ${text.split(' ').slice(1).join(' ')}`);
      },
    ],
    ['a duplicated rule', ['RuleExtra'], (f) => node.run(`${tool(f)} -t nat -A ${rule(f).replaceAll('"', '')}`)],
    ['a foreign rule in our chain', ['RuleExtra'], (f) => node.run(`${tool(f)} -t nat -I ${CHAIN} 1 -j RETURN`)],
    ['a lost jump', ['JumpMissing'], (f) => node.run(`${tool(f)} -t nat -D POSTROUTING 2`)],
    ['a duplicated jump', ['JumpDuplicated'], (f) => node.run(`${tool(f)} -t nat -A POSTROUTING -j ${CHAIN}`)],
    [
      'a jump that is not last',
      ['JumpNotLast'],
      (f) => {
        node.run(`${tool(f)} -t nat -D POSTROUTING 1`);
        node.run(`${tool(f)} -t nat -A POSTROUTING -s ${f === 4 ? '198.51.100.9' : 'fd99::1'} -j FOREIGN`);
      },
    ],
    ['a missing member', ['MissingSetMember'], (f) => node.run(`ipset del outgate-src-v${f} ${member(f)}`)],
    ['a flushed set', ['MissingSetMember'], (f) => node.run(`ipset flush outgate-exempt-v${f}`)],
    [
      'an extra member',
      ['ExtraSetMember'],
      (f) => node.run(`ipset add outgate-exempt-v${f} ${f === 4 ? '8.8.0.0/16' : 'fd77::/64'}`),
    ],
    [
      'a member turned round',
      ['ExtraSetMember', 'MissingSetMember'],
      (f) => {
        node.run(`ipset del outgate-exempt-v${f} ${member(f)}`);
        node.run(`ipset add outgate-exempt-v${f} ${member(f)} nomatch`);
      },
    ],
    [
      'a destroyed set',
      ['RuleMissing', 'SetMissing'],
      (f) => {
        node.run(`${tool(f)} -t nat -F ${CHAIN}`);
        node.run(`ipset destroy outgate-src-v${f}`);
      },
    ],
    [
      'a set without counters, too small',
      ['SetChanged'],
      (f) => {
        const family = f === 4 ? 'inet' : 'inet6';
        node.run(`ipset create swapped hash:net family ${family}`);
        node.run(`ipset add swapped ${member(f)}`);
        if (f === 4) node.run('ipset add swapped 10.10.2.7');
        node.run(`ipset swap swapped outgate-src-v${f}`);
        node.run('ipset destroy swapped');
      },
    ],
    [
      'a set of another type',
      ['SetChanged'],
      (f) => {
        const text = rule(f).replaceAll('"', '');
        node.run(`${tool(f)} -t nat -F ${CHAIN}`);
        node.run(`ipset destroy outgate-src-v${f}`);
        node.run(`ipset create outgate-src-v${f} hash:ip family ${f === 4 ? 'inet' : 'inet6'}`);
        node.run(`${tool(f)} -t nat -A ${text}`);
      },
    ],
  ])('repairs %s and says so', async (_what, reasons, damage) => {
    const before = [foreign(), node.run(`${tool(4)} -t nat -S`), node.run(`${tool(6)} -t nat -S`), membersOf()];
    for (const family of [4, 6] as const) {
      damage(family);
      const report = await run();
      expect([report.state, report.changed, drift(report)]).toEqual(['Programmed', true, reasons]);
      expect([foreign(), node.run(`${tool(4)} -t nat -S`), node.run(`${tool(6)} -t nat -S`), membersOf()]).toEqual(
        before,
      );
    }
    expect((await run()).changed).toBe(false);
  });

  const member = (family: 4 | 6): string => (family === 4 ? '10.10.0.0/24' : 'fd10::/64');
  const membersOf = (): string =>
    node
      .run('ipset save')
      .split('\n')
      .filter((line) => /^add outgate-(?!tmp)/.test(line))
      .map((line) => line.replace(/packets.*/, '').trim())
      .sort()
      .join('\n');

  it('names no drift when the file changed between two runs', async () => {
    dir.write('pools.json', manifests({ ...pools, more: { cidr: '10.10.3.0/24', natOutgoing: true } }));
    const more = await run();
    expect([more.state, more.changed, drift(more)]).toEqual(['Programmed', true, []]);
    dir.write('pools.json', manifests(pools));
    expect((await run()).changed).toBe(true);
  });

  it.each([
    ['octal', manifests({ x: { cidr: '010.10.0.0/16', natOutgoing: true } }), /spec\.cidr/],
    ['host bits', manifests({ x: { cidr: '10.10.0.5/24' } }), /spec\.cidr/],
    ['a host name', manifests({ x: { cidr: 'localhost' } }), /spec\.cidr/],
    ['a short form', manifests({ x: { cidr: '10.1/16' } }), /spec\.cidr/],
    ['a wrong type', manifests({ x: { cidr: '10.10.0.0/16', natOutgoing: 'yes' } }), /natOutgoing/],
    ['a port range upside down', manifests(pools, { natPortRange: '40000:30000' }), /natPortRange/],
    ['no YAML', 'a: [', /line/],
    ['nothing', '', /document/],
  ])('a file with %s changes nothing and is refused by field and reason', async (_what, text, said) => {
    const before = node.run('ipset save') + node.run(`${tool(4)}-save -t nat`).replace(/^#.*$/gm, '');
    const file = dir.write('bad.json', text);
    const { code, stdout, stderr } = await runAgent('--source', `file:${file}`, ...args, '--once');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(said);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(node.run('ipset save') + node.run(`${tool(4)}-save -t nat`).replace(/^#.*$/gm, '')).toBe(before);
  });

  it('leaves NAT as it was when the rules cannot be written, and says why', async () => {
    const { exec, open } = systemIn(node.name);
    const failing: Exec = (command) =>
      command.file.endsWith('-restore') ? Promise.resolve({ code: 4, stdout: '', stderr: 'lock held' }) : exec(command);
    const dataplane = iptablesDataplane({ exec: failing, open }, backend, process.pid);
    const before = [node.run(`${tool(4)} -t nat -S`), membersOf(), node.run('ipset list -name')];
    const changed = [{ name: 'new', spec: { cidr: '10.99.0.0/16', natOutgoing: true } }];
    const settings = {
      global: { natPortRange: '40000:50000', natOutgoingExclusions: 'IPPoolsAndHostIPs' as const },
      nodes: {},
    };
    const wanted = wantedOf(holdState(changed, settings, ['192.0.2.1']), 'n1');
    const four = (await dataplane.read()).families[4];
    if (four === undefined) throw new Error('IPv4 could not be read');
    const failure = await dataplane.apply(dataplane.plan(wanted[4], four));
    expect([failure?.reason, failure?.message.includes('lock held')]).toEqual(['CommandFailed', true]);
    expect([node.run(`${tool(4)} -t nat -S`), membersOf(), node.run('ipset list -name')]).toEqual(before);
  });

  // sets know no backend: once is enough for the costly one
  if (backend === 'iptables-nft') {
    it('killed in the middle of a big rewrite leaves the old NAT; the next run converges and removes leftovers', async () => {
      const big = Array.from({ length: 100_000 }, (_, i) => ({
        name: `p-${i}`,
        spec: { cidr: `${11 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.0/24`, natOutgoing: true },
      }));
      expect((await run()).state).toBe('Programmed');
      const server = await streamServer(big);
      const fromServer = [
        '--source',
        `server:${server.url}`,
        '--token-file',
        dir.write('token', 'test-token'),
        ...args,
      ];
      const before = [node.run(`${tool(4)} -t nat -S`), membersOf()];
      agentFile();
      const agent = startAgent([...fromServer, '--once']);
      const end = Date.now() + 90_000;
      while (!/outgate-tmp-/.test(node.run('ipset list -name')) && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      agent.kill('SIGKILL');
      await agent.ended;
      // its last child may still be reading what was piped to it
      const sizes = () => node.run('ipset list -terse');
      for (let last = '', now = sizes(); now !== last; last = now, now = sizes()) {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      expect(node.run('ipset list -name')).toMatch(/outgate-tmp-/);
      expect([node.run(`${tool(4)} -t nat -S`), membersOf()]).toEqual(before);
      const report = await once(...fromServer);
      await server.close();
      expect([report.state, report.families['4'].sets[0]?.members.length]).toEqual(['Programmed', 100_000]);
      expect(node.run('ipset list -name')).not.toMatch(/outgate-tmp-/);
      expect((await run()).state).toBe('Programmed');
    }, 180_000);
  }

  it('cannot remove a chain that a rule of somebody else leads into: NAT ends all the same, and it says so', async () => {
    expect((await run()).state).toBe('Programmed');
    node.run(`${tool(4)} -t nat -A FOREIGN -j ${CHAIN}`);
    const refused = await runAgent('--cleanup', '--netns', node.name);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('it is empty now')]);
    expect(node.run('ipset list -name')).not.toMatch(/outgate-(src|exempt|nodes)-/);
    const left = node.run(`${tool(4)} -t nat -S`).split('\n');
    expect(left.filter((line) => line.includes(CHAIN))).toEqual([`-N ${CHAIN}`, `-A FOREIGN -j ${CHAIN}`]);
    node.run(`${tool(4)} -t nat -D FOREIGN -j ${CHAIN}`);
    expect((await runAgent('--cleanup', '--netns', node.name)).code).toBe(0);
    expect((await run()).state).toBe('Programmed');
  });

  it('is not programmed while a node with IPv6 cannot program its IPv6 pools', async () => {
    const { exec, open } = systemIn(node.name);
    const without: Exec = (command) =>
      command.file.startsWith('ip6tables')
        ? Promise.resolve({ code: 127, stdout: '', stderr: 'no such tool' })
        : exec(command);
    const report = async (addresses: string[], pools: Parameters<typeof holdState>[0]): Promise<Report> => {
      const loop = reconciler({
        node: 'n1',
        dataplane: iptablesDataplane({ exec: without, open }, backend, process.pid),
        conditions: conditionList(() => new Date().toISOString()),
        metrics: agentMetrics('n1', backend),
        record: { read: () => undefined, write: () => undefined },
        facts: async () => ({ name: 'n1', interfaces: [{ name: 'up0', addresses }], routes: [] }),
        onReport: () => undefined,
      });
      await loop.state(holdState(pools, { global: {}, nodes: {} }, []), null);
      return loop.report();
    };
    const four = { name: 'four', spec: { cidr: '10.10.0.0/24', natOutgoing: true } };
    const six = { name: 'six', spec: { cidr: 'fd10::/64', natOutgoing: true } };
    const failed = await report(['192.0.2.1/24', '2001:db8::1/64'], [four, six]);
    expect([failed.state, failed.revision]).toEqual(['Failed', null]);
    const why = failed.conditions.find(({ type }) => type === 'Programmed');
    expect([why?.status, why?.reason]).toEqual(['False', 'ToolMissing']);
    expect((await report(['192.0.2.1/24', '2001:db8::1/64'], [four])).state).toBe('Programmed');
    const fourOnly = await report(['192.0.2.1/24', '::1/128'], [four, six]);
    expect(fourOnly.state).toBe('Programmed');
    expect(fourOnly.conditions.find(({ type }) => type === 'IPv6Available')?.status).toBe('False');
    expect((await run()).state).toBe('Programmed');
  });

  it('cleans up exactly what is ours, twice', async () => {
    node.run('ipset create outgate-tmp-1-src-v4 hash:net');
    const before = foreign();
    for (let i = 0; i < 2; i++) {
      const { code, stderr } = await runAgent('--cleanup', '--netns', node.name);
      expect([code, stderr.includes('removed')]).toEqual([0, i === 0]);
      expect(foreign()).toBe(before);
    }
    expect(node.run('ipset list -name')).toBe('foreign-set\noutgate-other\n');
    for (const one of ['iptables-nft', 'ip6tables-nft', 'iptables-legacy', 'ip6tables-legacy']) {
      expect(node.run(`${one}-save`)).not.toMatch(/OUTGATE|outgate/);
    }
  });
});
