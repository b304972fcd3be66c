/** What the lab needs from this machine, tried out for real: a right that a container withholds shows only in use. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { run, tryRun } from './run.ts';

const TOOLS = ['ip', 'iptables', 'ip6tables', 'iptables-restore', 'ip6tables-restore', 'ipset', 'tee'];

/** One sentence for each thing that is missing; empty when the lab can run. */
export async function missingForLab(): Promise<string[]> {
  if (process.platform !== 'linux') return ['the lab needs Linux (network namespaces)'];
  if (process.getuid?.() !== 0) return ['the lab needs root (it makes network namespaces and iptables rules in them)'];
  const absent = [];
  for (const tool of TOOLS) if (!(await onPath(tool))) absent.push(tool);
  if (absent.length > 0) return [`these commands are missing: ${absent.join(', ')}`];
  return await tryKernel();
}

let tries = 0;

/** Makes a namespace and does in it, once, what the lab and its agents do later. */
async function tryKernel(): Promise<string[]> {
  // one process may ask several times at once: the parts of the tests do
  const namespace = `ogtry${process.pid}x${tries++}`;
  const inside = ['netns', 'exec', namespace];
  try {
    await run('ip', ['netns', 'add', namespace]);
    await run('ip', [...inside, 'tee', '/proc/sys/net/ipv4/ip_forward'], '1');
    await run('ip', ['-n', namespace, 'link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'up1']);
    await run('ip', ['-n', namespace, 'link', 'add', 'br0', 'type', 'bridge']);
    await run('ip', [...inside, 'ipset', 'create', 'try', 'hash:net', 'counters']);
    const rule = ['-t', 'nat', '-A', 'POSTROUTING', '-m', 'set', '--match-set', 'try', 'src', '-j', 'MASQUERADE'];
    await run('ip', [...inside, 'iptables', '-w', '5', ...rule]);
    return [];
  } catch (error) {
    return [`the kernel refused: ${error instanceof Error ? error.message : String(error)}`];
  } finally {
    await tryRun('ip', ['netns', 'delete', namespace]);
  }
}

async function onPath(tool: string): Promise<boolean> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const found = await access(join(directory, tool), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
