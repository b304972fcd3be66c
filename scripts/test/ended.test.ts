import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ROOT } from '../supervisor/paths.ts';

/** As a supervisor does: it is in nobody's group, and takes a second to end what it has. */
const SLOW = 'trap "sleep 1; echo in order >ended; exit" TERM; : >ready; while :; do sleep 0.1; done';

let directory: string;
/** where it works */
let elsewhere: string;
let run: ChildProcess | undefined;
beforeEach(() => {
  [directory, elsewhere] = ['outgate-ended-', 'outgate-slow-'].map((name) => mkdtempSync(join(tmpdir(), name))) as [
    string,
    string,
  ];
});
afterEach(() => {
  if (run?.exitCode === null && run.signalCode === null) process.kill(-(run.pid ?? 0), 'SIGKILL');
  for (const one of [directory, elsewhere]) rmSync(one, { recursive: true, force: true });
});

const MAIN = join(ROOT, 'scripts/test/main.ts');
/** The packaged Node is not among them: where the system's is too old, the run has a group of its own. */
const systemPath = (process.env['PATH'] ?? '').split(delimiter).filter((path) => !path.includes('node_modules'));

/** In a group of its own, as in a terminal. Comes when a tool begins; something is half done, and somebody is to be ended. */
async function begin(command: string, args: readonly string[]): Promise<ChildProcess> {
  run = spawn(command, [...args, 'unit'], {
    cwd: ROOT,
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, PATH: systemPath.join(delimiter), TMPDIR: directory },
  });
  const found = () =>
    expect(readdirSync(directory, { recursive: true }).sort().join()).toMatch(/^(ogt-\w+),\1\/outgate-report-\w+$/);
  await vi.waitFor(found, { timeout: 60_000, interval: 5 });
  const [folder = ''] = readdirSync(directory);
  const TMPDIR = join(directory, folder);
  mkdirSync(join(TMPDIR, 'half-done'));
  spawn('sh', ['-c', SLOW], { cwd: elsewhere, detached: true, stdio: 'ignore', env: { ...process.env, TMPDIR } });
  await vi.waitFor(() => expect(readdirSync(elsewhere)).toEqual(['ready']), { interval: 5 });
  return run;
}

/** Command lines of those that have it, or what is in it, as their temporary directory. */
const processesIn = (path: string): string[] =>
  readdirSync('/proc').flatMap((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      return environment.includes(`TMPDIR=${path}`) ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8')] : [];
    } catch {
      return []; // no process, or it has just ended
    }
  });

async function nothingStays(): Promise<void> {
  const left = () => [...readdirSync(directory), ...processesIn(directory)];
  await vi.waitFor(() => expect(left()).toEqual([]), { timeout: 60_000 });
  expect(readFileSync(join(elsewhere, 'ended'), 'utf8')).toBe('in order\n');
}

test.each(['SIGINT', 'SIGTERM'] as const)('a run whose group is ended by %s leaves nothing behind', async (signal) => {
  const { pid = 0 } = await begin(process.execPath, [MAIN]);
  const ended = once(run as ChildProcess, 'exit');
  process.kill(-pid, signal);
  expect(await ended).toEqual([null, signal]);
  await nothingStays();
});

test.each(['SIGTERM', 'SIGKILL'] as const)('a run that alone is ended by %s leaves nothing behind', async (signal) => {
  const child = await begin(process.execPath, [MAIN]);
  const ended = once(child, 'exit');
  child.kill(signal);
  expect(await ended).toEqual([null, signal]);
  await nothingStays();
});

test('Ctrl-C on the command leaves nothing behind', async () => {
  const child = await begin('node', ['scripts/test.mjs']);
  const ended = once(child, 'exit');
  process.kill(-(child.pid ?? 0), 'SIGINT');
  await ended;
  await nothingStays();
});
