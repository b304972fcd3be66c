import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

test.each(['SIGINT', 'SIGTERM'] as const)('a run that is ended by %s leaves nothing behind', async (signal) => {
  const directory = mkdtempSync(join(tmpdir(), 'outgate-ended-'));
  let run: ChildProcess | undefined;
  try {
    // a group of its own, as in a terminal: Ctrl-C reaches the tools too
    run = spawn(process.execPath, [MAIN, 'unit'], {
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, TMPDIR: directory },
    });
    const ended = once(run, 'exit');
    // it is there before the tool begins
    const found = () =>
      expect(readdirSync(directory, { recursive: true }).sort().join()).toMatch(/^(ogt-\w+),\1\/outgate-report-\w+$/);
    await vi.waitFor(found, { timeout: 60_000, interval: 5 });
    // what a test has in its temporary directory in that moment
    const [folder = ''] = readdirSync(directory);
    mkdirSync(join(directory, folder, 'half-done'));
    process.kill(-(run.pid ?? 0), signal);
    expect(await ended).toEqual([null, signal]);
    await vi.waitFor(() => expect(readdirSync(directory)).toEqual([]), { timeout: 10_000 });
  } finally {
    if (run?.exitCode === null && run.signalCode === null) process.kill(-(run.pid ?? 0), 'SIGINT');
    rmSync(directory, { recursive: true, force: true });
  }
});
