import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

test.each(['SIGINT', 'SIGTERM'] as const)('a run that is ended by %s leaves nothing behind', async (signal) => {
  const directory = mkdtempSync(join(tmpdir(), 'outgate-ended-'));
  try {
    // a group of its own, as in a terminal: Ctrl-C reaches the tools too
    const run = spawn(process.execPath, [MAIN, 'unit'], {
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, TMPDIR: directory },
    });
    const ended = once(run, 'exit');
    // it is there before the tool begins
    const found = () => expect(readdirSync(directory).join()).toMatch(/^outgate-report-\w+$/);
    await vi.waitFor(found, { timeout: 60_000, interval: 5 });
    process.kill(-(run.pid ?? 0), signal);
    expect(await ended).toEqual([null, signal]);
    await vi.waitFor(() => expect(readdirSync(directory)).toEqual([]), { timeout: 10_000 });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
