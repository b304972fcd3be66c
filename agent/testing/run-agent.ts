/** The agent as a node runs it: the bundled file as a process. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Report, reportSchema } from '../../core/wire/report.ts';
import { removeFolderWithUs } from './remove-with-us.ts';

const BUNDLER = fileURLToPath(new URL('../bundle.mjs', import.meta.url));
let bundled: string | undefined;

/** Bundles the agent as it is now, once. It goes with this process. */
export function agentFile(): string {
  if (bundled !== undefined) return bundled;
  const file = join(passingDir(), 'agent.cjs');
  execFileSync(process.execPath, [BUNDLER, file]);
  bundled = file;
  return file;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A directory for manifests and state; it goes with this process, or at `remove` in afterAll. */
export function workDir(): { path: string; write(name: string, text: string): string; remove(): void } {
  const path = passingDir();
  return {
    path,
    write(name, text) {
      writeFileSync(join(path, name), text);
      return join(path, name);
    },
    remove() {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function passingDir(): string {
  // as the system names where its process works
  const path = join(realpathSync(tmpdir()), `outgate-agent-${randomBytes(6).toString('hex')}`);
  removeFolderWithUs(path);
  mkdirSync(path);
  return path;
}

export interface Agent extends ChildProcess {
  readonly ended: Promise<Ended>;
  /** on stderr, until now */
  said(): string;
}

/** It goes with this process, however that ends. */
export function startAgent(args: readonly string[], env: Readonly<Record<string, string>> = {}): Agent {
  const file = agentFile();
  const child = spawn(process.execPath, [file, ...args], {
    // it works in the folder of the bundle, and so goes with it
    cwd: dirname(file),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return Object.assign(child, { ended, said: () => stderr });
}

export const runAgent = (...args: string[]): Promise<Ended> => startAgent(args).ended;

/** `--once`: the report, checked against its schema. Throws when there is none. */
export async function once(...args: string[]): Promise<Report> {
  const { stdout, stderr, code } = await runAgent(...args, '--once');
  if (stdout === '') throw new Error(`no report, exit code ${code}: ${stderr}`);
  return reportSchema.parse(JSON.parse(stdout));
}

/** Manifests of IPPools: name -> spec. */
export function manifests(pools: Readonly<Record<string, object>>, settings?: object): string {
  const items = Object.entries(pools).map(([name, spec]) => object('IPPool', name, spec));
  if (settings !== undefined) items.push(object('FelixConfiguration', 'default', settings));
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

const object = (kind: string, name: string, spec: object) => ({
  apiVersion: 'projectcalico.org/v3',
  kind,
  metadata: { name },
  spec,
});
