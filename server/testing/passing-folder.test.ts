import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';

const OWNER = `
import { writeFileSync } from 'node:fs';
import { passingFolder } from '${fileURLToPath(new URL('passing-folder.ts', import.meta.url))}';
const folder = passingFolder('outgate-passing-');
writeFileSync(folder.path + '/kept', 'x');
console.log(folder.path);
`;
/** A process that has such a folder, and what it does then. */
async function owner(then: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', OWNER + then], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [path] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, path, ended: once(child, 'exit') };
}

it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('it goes with a process that is ended by %s', async (signal) => {
  const { child, path, ended } = await owner('setInterval(() => {}, 1000)');
  expect(existsSync(path)).toBe(true);
  child.kill(signal);
  expect(await ended).toEqual([null, signal]);
  await vi.waitFor(() => expect(existsSync(path)).toBe(false), { timeout: 10_000 });
});

it('it keeps nobody from ending, and is gone when it was removed', async () => {
  const { path, ended } = await owner('folder.remove()');
  expect(await ended).toEqual([0, null]);
  expect(existsSync(path)).toBe(false);
  const other = await owner('');
  expect(await other.ended).toEqual([0, null]);
  await vi.waitFor(() => expect(existsSync(other.path)).toBe(false), { timeout: 10_000 });
});
