/**
 * The lab: two nodes, four pods and an outside host as network namespaces, with the real agent on each node.
 * Prints `ready` when packets can be sent. Exit code 3: this machine already has a lab with these names.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { takeLock } from '../../scripts/supervisor/machine-lock.ts';
import { startAgents } from './agents.ts';
import { startApi } from './api.ts';
import { startEcho } from './echo.ts';
import { makeNetwork, removeNetwork } from './network.ts';
import { labPlan } from './plan.ts';

const { values } = parseArgs({
  options: {
    socket: { type: 'string' },
    server: { type: 'string' },
    'token-file': { type: 'string' },
    'token-dir': { type: 'string' },
    'state-dir': { type: 'string' },
    'run-dir': { type: 'string' },
    'log-dir': { type: 'string' },
    prefix: { type: 'string', default: 'outgate' },
  },
});

const required = (name: 'socket' | 'server' | 'token-file' | 'state-dir' | 'run-dir' | 'log-dir'): string => {
  const value = values[name];
  if (value !== undefined) return value;
  console.error(`--${name} must be given`);
  process.exit(2);
};
/** One join token for all nodes, or a directory with the token of each node's pod. */
const tokenFiles = (): ((node: string) => string) => {
  const directory = values['token-dir'];
  if (directory !== undefined) return (node) => join(directory, node);
  const file = required('token-file');
  return () => file;
};
const socket = required('socket');
const agentOptions = {
  server: required('server'),
  tokenFile: tokenFiles(),
  stateDir: required('state-dir'),
  runDir: required('run-dir'),
  logDir: required('log-dir'),
};

const plan = labPlan(values.prefix);
if ((await takeLock(`outgate-lab-${values.prefix}`)) === null) {
  console.error('another Outgate on this machine runs the lab');
  process.exit(3);
}

// a stop during the start waits until there is something whole to take away
const stopAsked = new Promise<void>((resolve) => {
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => resolve());
});

await makeNetwork(plan);
const targets = plan.outside.targets.flatMap((target) => target.addresses);
const [api, agents] = await Promise.all([
  startApi(plan, socket),
  startAgents(plan, agentOptions),
  startEcho(plan.outside.namespace, [plan.outside.v4, plan.outside.v6, ...targets]),
  ...plan.pods.map((pod) => startEcho(pod.namespace, pod.addresses)),
]);
console.log('ready');

await stopAsked;
api.close();
api.closeAllConnections();
await Promise.all(agents.map((agent) => agent.stop()));
await removeNetwork(plan);
rmSync(socket, { force: true });
process.exit(0);
