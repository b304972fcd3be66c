/** Starts the product as a user does, on a free port and a data directory of its own, and sees that nothing stays. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../scripts/supervisor/paths.ts';
import { freePort } from './free-port.ts';
import { listNamespaces } from './lab/network.ts';
import { labPlan, namespacesOf } from './lab/plan.ts';

export interface StartOptions {
  /** the npm script, default start */
  readonly script?: 'start' | 'dev' | 'cluster';
  /** default on: a test of packets must fail where none can be sent */
  readonly lab?: 'on' | 'off';
  /** more environment, for example OUTGATE_ADMIN_EMAIL */
  readonly environment?: Record<string, string>;
  /** an existing data directory; then stop() keeps it */
  readonly dataDir?: string;
  /** default: a new one for each start */
  readonly labPrefix?: string;
  /** default: a free one. Agents know their server by it: at another they join anew, which takes half a minute */
  readonly port?: number;
}

export interface Outgate {
  readonly url: string;
  /** the one-time link of the first visit, null when there is an account */
  readonly setupLink: string | null;
  readonly dataDir: string;
  /** begins the names of the lab's namespaces */
  readonly labPrefix: string;
  readonly pid: number;
  /** everything printed so far */
  output(): string;
  /** Ctrl-C; throws with what is left: processes, namespaces, sockets. */
  stop(): Promise<void>;
  /** SIGKILL of the supervisor alone: what it started stays. */
  kill(): Promise<void>;
}

let started = 0;
const PATIENCE = 240_000;

/** Resolves when the pages can be used; throws with everything printed when they cannot. */
export async function startOutgate(options: StartOptions = {}): Promise<Outgate> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'outgate-e2e-')));
  const labPrefix = options.labPrefix ?? `oge${process.pid}x${started++}`;
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const child = spawn('npm', ['run', options.script ?? 'start'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      OUTGATE_DATA_DIR: dataDir,
      OUTGATE_LISTEN: `127.0.0.1:${port}`,
      OUTGATE_LAB: options.lab ?? 'on',
      OUTGATE_LAB_PREFIX: labPrefix,
      ...options.environment,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  await untilPrinted(child, () => output, 'Outgate is ready');
  const pid = Number(JSON.parse(await readFile(join(dataDir, 'run/supervisor.json'), 'utf8')).pid);
  return {
    url,
    setupLink: /First visit, once: (\S+)/.exec(output)?.[1] ?? null,
    dataDir,
    labPrefix,
    pid,
    output: () => output,
    async stop() {
      const ended = child.exitCode === null ? once(child, 'exit') : Promise.resolve();
      process.kill(pid, 'SIGINT');
      await ended;
      const left = await leftOf(dataDir, labPrefix);
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`npm start left behind: ${left.join(', ')}`);
    },
    async kill() {
      const ended = once(child, 'exit');
      process.kill(pid, 'SIGKILL');
      await ended;
    },
  };
}

/** Processes that name the data directory, namespaces of the lab, sockets in the data directory. */
export async function leftOf(dataDir: string, labPrefix: string): Promise<string[]> {
  const names = namespacesOf(labPlan(labPrefix));
  const namespaces = (await listNamespaces()).filter((name) => names.includes(name));
  const run = await readdir(join(dataDir, 'run')).catch(() => []);
  return [...(await processesNaming(dataDir)), ...namespaces, ...run.filter((file) => file.endsWith('.sock'))];
}

/** Our own processes name it as an argument or in their environment; PostgreSQL has it as its working directory. */
async function processesNaming(dataDir: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (`${command}\0${environment}`.includes(dataDir)) found.push(`process ${pid}: ${command.replaceAll('\0', ' ')}`);
  }
  return found;
}

async function untilPrinted(child: ChildProcess, output: () => string, text: string): Promise<void> {
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; await delay(50)) {
    if (output().includes(text)) return;
    if (child.exitCode !== null) break;
  }
  child.kill('SIGTERM');
  throw new Error(`npm start did not become ready:\n${output()}`);
}
