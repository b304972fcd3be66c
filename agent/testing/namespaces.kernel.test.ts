import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { cannotRun } from './namespaces.ts';

const OWNER = `
import { namespace } from '${fileURLToPath(new URL('namespaces.ts', import.meta.url))}';
const made = namespace('left');
await made.start('echo');
console.log(made.name);
`;

it.skipIf(cannotRun)('it goes with a test that is killed, and so does what runs in it', async () => {
  const test = spawn(process.execPath, ['--input-type=module', '-e', OWNER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(test, 'exit');
  const [name] = (await once(createInterface(test.stdout), 'line')) as [string];
  const inside = execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).split('\n').filter(Boolean);
  expect(inside).not.toEqual([]);
  test.kill('SIGKILL');
  await ended;
  const left = () => [`/run/netns/${name}`, ...inside.map((pid) => `/proc/${pid}`)].filter((path) => existsSync(path));
  await vi.waitFor(() => expect(left()).toEqual([]), { timeout: 10_000 });
});
