/** Starts the product as a user does, on a free port and a data directory of its own, and sees that nothing stays. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../scripts/supervisor/paths.ts';
import { type ProcessRecord, readRecord, signal } from '../scripts/supervisor/process-record.ts';
import { freePort } from './free-port.ts';
import { endLeftOf, leftOf } from './left-behind.ts';

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
  /** how long it may take to be ready; default: as long as a first start, which builds the pages */
  readonly patienceMs?: number;
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
const PATIENCE_MS = 240_000;
/** longer than the supervisor waits for each of those that it stops */
const LONGEST_STOP = 50_000;

/** Resolves when the pages can be used; throws with everything printed when they cannot, and then nothing of it stays. */
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
  const end = async (): Promise<string[]> => {
    if (isRunning(child)) await interrupt(child, dataDir);
    const left = await leftOf(dataDir, labPrefix);
    if (left.length > 0) await endLeftOf(dataDir, labPrefix);
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    return left;
  };
  const pid = await untilReady(child, dataDir, () => output, options.patienceMs ?? PATIENCE_MS).catch(async (error) => {
    await end();
    throw error;
  });
  return {
    url,
    setupLink: /First visit, once: (\S+)/.exec(output)?.[1] ?? null,
    dataDir,
    labPrefix,
    pid,
    output: () => output,
    async stop() {
      const left = await end();
      if (left.length > 0) throw new Error(`npm start left behind: ${left.join(', ')}`);
    },
    async kill() {
      const ended = once(child, 'exit');
      process.kill(pid, 'SIGKILL');
      await ended;
    },
  };
}

/** Resolves with the supervisor's process id. */
async function untilReady(
  child: ChildProcess,
  dataDir: string,
  output: () => string,
  patienceMs: number,
): Promise<number> {
  for (const deadline = Date.now() + patienceMs; isRunning(child) && Date.now() < deadline; await delay(50)) {
    // the end of what it says then
    const supervisor = output().includes('Stop: Ctrl-C') ? supervisorOf(dataDir) : null;
    if (supervisor !== null) return supervisor.pid;
  }
  throw new Error(`npm start did not become ready:\n${output()}`);
}

const supervisorOf = (dataDir: string): ProcessRecord | null => readRecord(join(dataDir, 'run'), 'supervisor');

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

/** Ctrl-C to the supervisor; what is set up before there is one is not asked. Resolves when it has ended, or takes too long. */
async function interrupt(child: ChildProcess, dataDir: string): Promise<void> {
  const ended = once(child, 'exit');
  const supervisor = supervisorOf(dataDir);
  // a shell between npm and the set-up lets no Ctrl-C through
  if (supervisor === null) child.kill('SIGTERM');
  else signal(supervisor.pid, 'SIGINT');
  await Promise.race([ended, delay(LONGEST_STOP, undefined, { ref: false })]);
}
