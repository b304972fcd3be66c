/** What the kernel of a lab node holds, read past the product. */
import { tryRun } from './lab/run.ts';

export interface NodeKernel {
  /** NAT rules of both families without counters, and all sets without theirs: equal texts mean nothing was written */
  readonly text: string;
  /** members of the set of sources and of the set of destinations that keep the source, IPv4, sorted */
  readonly sources: readonly string[];
  readonly exempt: readonly string[];
}

/** Throws when a tool does not answer. */
export async function readKernel(namespace: string): Promise<NodeKernel> {
  const ask = async (...command: string[]): Promise<string> => {
    const { code, stdout, stderr } = await tryRun('ip', ['netns', 'exec', namespace, ...command]);
    if (code !== 0) throw new Error(`${command.join(' ')} in ${namespace}: ${stderr}`);
    return stdout;
  };
  const [v4, v6, sets] = await Promise.all([
    ask('iptables', '-t', 'nat', '-S'),
    ask('ip6tables', '-t', 'nat', '-S'),
    ask('ipset', 'save'),
  ]);
  const lines = sets.split('\n').map((line) => line.replace(/ packets \d+ bytes \d+/, ''));
  const members = (set: string): string[] =>
    lines.flatMap((line) => (line.startsWith(`add ${set} `) ? (line.split(' ')[2] ?? []) : [])).sort();
  return {
    text: [v4, v6, ...lines.sort()].join('\n'),
    sources: members('outgate-src-v4'),
    exempt: members('outgate-exempt-v4'),
  };
}
