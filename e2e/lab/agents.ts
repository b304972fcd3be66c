/** The lab's agents: the real ones, one a node, started outside the namespaces so that they reach the server. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type KeptChild, keepRunning } from '../../scripts/supervisor/keep-running.ts';
import { endLeftovers, signal } from '../../scripts/supervisor/process-record.ts';
import type { LabPlan } from './plan.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const GRACE = 3000;

export interface AgentOptions {
  readonly server: string;
  /** of a node */
  readonly tokenFile: (node: string) => string;
  readonly stateDir: string;
  readonly runDir: string;
  readonly logDir: string;
}

export async function startAgents(plan: LabPlan, options: AgentOptions): Promise<KeptChild[]> {
  const names = plan.nodes.map((node) => `agent-${node.name}`);
  await endLeftovers(options.runDir, (name) => names.includes(name), GRACE);
  endStrayAgents(plan);
  const program = [join(ROOT, 'dist/outgate-agent.cjs'), join(ROOT, 'agent/main.ts')].find((path) => existsSync(path));
  if (program === undefined) throw new Error('there is no agent: neither dist/outgate-agent.cjs nor agent/main.ts');
  const agents: KeptChild[] = [];
  for (const node of plan.nodes) {
    const stateDir = join(options.stateDir, node.name);
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    agents.push(
      keepRunning({
        name: `agent-${node.name}`,
        command: process.execPath,
        args: [
          program,
          ...['--source', `server:${options.server}`],
          ...['--node', node.name],
          ...['--netns', node.namespace],
          ...['--token-file', options.tokenFile(node.name)],
          ...['--state-dir', stateDir],
        ],
        logFile: join(options.logDir, `agent-${node.name}.log`),
        runDir: options.runDir,
        stopSignal: 'SIGTERM',
        graceMs: GRACE,
        died: (how, again) => console.error(`agent of ${node.name} ended (${how}); starting it again in ${again} ms`),
      }),
    );
  }
  return agents;
}

/**
 * Ends agents of a killed lab that kept its records in another data directory: they would go on to program these
 * namespaces with another state. Nobody else's process is an agent on a namespace of the lab, and the lab has one owner.
 */
export function endStrayAgents(plan: LabPlan): void {
  const namespaces = plan.nodes.map((node) => node.namespace);
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const args = argumentsOf(pid);
    const isAgent = args.some((arg) => arg.endsWith('/outgate-agent.cjs') || arg.endsWith('/agent/main.ts'));
    if (isAgent && namespaces.includes(args[args.indexOf('--netns') + 1] ?? '')) signal(Number(pid), 'SIGKILL');
  }
}

function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // it has ended meanwhile
  }
}
