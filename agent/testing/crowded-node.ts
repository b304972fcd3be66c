/** A namespace where others have rules and sets of their own, in both backends and families, and an agent to run in it. */
import type { Family } from '../../core/net/address.ts';
import type { Report } from '../../core/wire/report.ts';
import { type Namespace, namespace } from './namespaces.ts';
import { manifests, once, workDir } from './run-agent.ts';

export interface CrowdedNode {
  readonly node: Namespace;
  readonly dir: ReturnType<typeof workDir>;
  /** what the agent is started with beside its source */
  readonly args: readonly string[];
  /** `--once` on pools.json, which holds crowdPools until a test writes it anew */
  run(): Promise<Report>;
  tool(family: Family): string;
  /** Everything in the kernel that is not ours, byte for byte; counters and times cut off. */
  foreign(): string;
  /** Members of our sets, sorted and without counters. */
  members(): string;
  remove(): void;
}

export const CHAIN = 'OUTGATE-POSTROUTING';
export const crowdPools = {
  a: { cidr: '10.10.0.0/24', natOutgoing: true },
  b: { cidr: '10.10.1.0/24' },
  six: { cidr: 'fd10::/64', natOutgoing: true },
  one: { cidr: '10.10.2.7/32', natOutgoing: true, disabled: true },
};

const TOOLS = ['iptables-nft', 'ip6tables-nft', 'iptables-legacy', 'ip6tables-legacy'];

export function crowdedNode(title: string, backend: 'iptables-nft' | 'iptables-legacy'): CrowdedNode {
  const node = namespace(title);
  const dir = workDir();
  const remove = (): void => {
    node.remove();
    dir.remove();
  };
  try {
    crowd(node);
  } catch (error) {
    remove();
    throw error;
  }
  const file = dir.write('pools.json', manifests(crowdPools));
  const args = ['--node', 'n1', '--netns', node.name, '--state-dir', dir.path, '--backend', backend];
  const flavour = backend === 'iptables-nft' ? 'nft' : 'legacy';
  return {
    node,
    dir,
    args,
    run: () => once('--source', `file:${file}`, ...args),
    tool: (family) => `${family === 4 ? 'iptables' : 'ip6tables'}-${flavour}`,
    foreign: () => foreignIn(node),
    members: () =>
      node
        .run('ipset save')
        .split('\n')
        .filter((line) => /^add outgate-(?!tmp)/.test(line))
        .map((line) => line.replace(/packets.*/, '').trim())
        .sort()
        .join('\n'),
    remove,
  };
}

/** The reasons of the drift that a report tells of. */
export const drift = (report: Report): string[] =>
  report.conditions.filter(({ type }) => type === 'Drifted').map(({ reason }) => reason);

function crowd(node: Namespace): void {
  for (const tool of TOOLS) {
    const v6 = tool.startsWith('ip6');
    node.run(`${tool} -t nat -N FOREIGN`);
    node.run(`${tool} -t nat -A POSTROUTING -s ${v6 ? 'fd99::1' : '198.51.100.9'} -j FOREIGN`);
    node.run(`${tool} -t nat -A FOREIGN -m comment --comment it's-ours -j RETURN`);
    node.run(`${tool} -A FORWARD -d ${v6 ? 'fd99::2' : '198.51.100.8'} -j DROP`);
  }
  node.run('ipset create foreign-set hash:net');
  node.run('ipset add foreign-set 203.0.113.0/24');
  node.run('ipset create outgate-other hash:ip');
  node.run('nft -f -', 'table inet mine {\n set s {\n type ipv4_addr\n elements = { 192.0.2.9 }\n }\n}\n');
}

function foreignIn(node: Namespace): string {
  const without = (text: string, ours: string): string =>
    text
      .split('\n')
      .filter((line) => !line.includes(ours))
      .join('\n');
  const saves = TOOLS.map((tool) => {
    const text = node.run(`${tool}-save`);
    return without(text.replace(/^#.*$/gm, '').replace(/\[\d+:\d+\]/g, ''), CHAIN);
  });
  const sets = without(node.run('ipset save'), ' outgate-');
  const nft = node.run('nft list ruleset').replace(/counter packets \d+ bytes \d+/g, 'counter');
  const nftOthers = without(nft.replace(/\n?\tchain OUTGATE-POSTROUTING \{[^}]*\}\n/g, ''), CHAIN);
  return [...saves, sets, nftOthers].join('\n').replace(/\n+/g, '\n');
}
