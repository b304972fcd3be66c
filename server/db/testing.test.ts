import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';

const OWNER = `
import { testDatabase } from '${fileURLToPath(new URL('testing.ts', import.meta.url))}';
const { url } = await testDatabase();
console.log(new URL(url).searchParams.get('host'));
`;

/** Every process of a PostgreSQL that it was told its socket's directory. */
const serversOf = (socketDir: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(socketDir);
    } catch {
      return false; // it has just ended
    }
  });

it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  'PostgreSQL goes with a test that is ended by %s',
  async (signal) => {
    const test = spawn(process.execPath, ['--input-type=module', '-e', OWNER], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(test, 'exit');
    const [socketDir] = (await once(createInterface(test.stdout), 'line')) as [string];
    expect(serversOf(socketDir)).not.toEqual([]);
    test.kill(signal);
    expect(await ended).toEqual([null, signal]);
    await vi.waitFor(() => expect([...serversOf(socketDir), existsSync(socketDir)]).toEqual([false]), {
      timeout: 20_000,
    });
  },
);
