/** Real servers for tests: in this process, or as processes of their own, on any free port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Environment, readEnvironment } from '../env.ts';
import { makeLog } from '../http/log.ts';
import { serve } from '../serve.ts';
import { passingFolder } from './passing-folder.ts';

export const ADMIN = { email: 'ada@outgate.example', password: 'correct horse battery' };

export interface TestServer {
  readonly address: string;
  /** where `/metrics` is when it has a door of its own */
  readonly metricsAddress: string | null;
  readonly setupLink: string | null;
  stop(): Promise<void>;
}

export type Variables = Readonly<Record<string, string>>;

const WITH_ADMIN: Variables = { OUTGATE_ADMIN_EMAIL: ADMIN.email, OUTGATE_ADMIN_PASSWORD: ADMIN.password };

/** Of a server that works with the cluster of this kubeconfig, as the user of this context. */
export const withCluster = (kubeconfig: string, context = 'outgate'): Variables => ({
  ...WITH_ADMIN,
  OUTGATE_CLUSTER: 'kubeconfig',
  OUTGATE_KUBECONFIG: kubeconfig,
  OUTGATE_KUBECONTEXT: context,
});

/** Without pages. */
export async function startServer(databaseUrl: string, variables: Variables = WITH_ADMIN): Promise<TestServer> {
  const env = environmentOf(variables);
  const serving = await serve({
    env,
    databaseUrl,
    applicationUrl: databaseUrl,
    root: null,
    version: '0.0.0-test',
    log: makeLog('silent'),
  });
  const { setupLink } = await serving.ready;
  return {
    address: serving.address,
    metricsAddress: serving.metricsAddress,
    setupLink,
    stop: serving.stop,
  };
}

export interface ServerProcess {
  readonly address: string;
  readonly child: ChildProcess;
  /** everything it logged */
  readonly lines: readonly string[];
  /** its exit code after SIGTERM, null if it had to be killed */
  stop(): Promise<number | null>;
}

export interface ProcessOptions {
  /** a command that starts the rest of its arguments, and becomes what it starts */
  readonly within?: readonly string[];
  /** they must be built; else it serves the interfaces alone */
  readonly pages?: boolean;
}

/** A process of its own, ready. */
export async function startServerProcess(
  databaseUrl: string,
  variables: Variables = WITH_ADMIN,
  { within = [], pages = false }: ProcessOptions = {},
): Promise<ServerProcess> {
  const main = join(import.meta.dirname, pages ? '../main.ts' : 'without-pages.ts');
  const [program = process.execPath, ...args] = [...within, process.execPath, main];
  // it works in it, and so goes with us, however we end
  const folder = passingFolder('outgate-server-');
  const child = spawn(program, args, {
    cwd: folder.path,
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'production',
      DATABASE_URL: databaseUrl,
      OUTGATE_LISTEN: '127.0.0.1:0',
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.once('exit', folder.remove);
  const lines: string[] = [];
  const address = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${lines.join('\n')}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return; // Next's own words at its start
      lines.push(line);
      const entry = JSON.parse(line) as { msg?: string; address?: string };
      if (entry.msg === 'ready' && entry.address !== undefined) resolve(entry.address);
    });
  });
  return {
    address,
    child,
    lines,
    stop: async () => {
      if (child.exitCode !== null) return child.exitCode;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
      await exited;
      clearTimeout(timer);
      return child.exitCode;
    },
  };
}

function environmentOf(variables: Variables): Environment {
  const read = readEnvironment({ OUTGATE_LISTEN: '127.0.0.1:0', ...variables });
  if (!read.ok) throw new Error(read.errors.join('\n'));
  return read.value;
}
