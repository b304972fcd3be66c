import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect, it, vi } from 'vitest';

const module = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
const OWNER = `
import { testDatabase } from ${module('../db/testing.ts')};
import { startServerProcess } from ${module('test-server.ts')};
const { url } = await testDatabase();
const { child } = await startServerProcess(url);
console.log(child.pid);
`;

it('a server process goes with a test that is ended', async () => {
  const test = spawn(process.execPath, ['--input-type=module', '-e', OWNER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(test, 'exit');
  const [pid] = (await once(createInterface(test.stdout), 'line')) as [string];
  test.kill('SIGKILL');
  await ended;
  await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), { timeout: 20_000 });
});
