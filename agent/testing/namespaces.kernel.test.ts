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
const WITH_AGENT = `
import { namespace } from '${fileURLToPath(new URL('namespaces.ts', import.meta.url))}';
import { manifests, startAgent, workDir } from '${fileURLToPath(new URL('run-agent.ts', import.meta.url))}';
const dir = workDir();
const source = 'file:' + dir.write('pools.json', manifests({}));
const { name } = namespace('left');
const agent = startAgent(['--source', source, '--node', 'a', '--netns', name, '--state-dir', dir.path + '/state']);
setInterval(() => agent.said().includes('Programmed=True') && console.log(agent.pid), 100);
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

it.skipIf(cannotRun)('an agent goes with a test that is killed', async () => {
  const test = spawn(process.execPath, ['--input-type=module', '-e', WITH_AGENT], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(test, 'exit');
  const [pid] = (await once(createInterface(test.stdout), 'line')) as [string];
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  test.kill('SIGKILL');
  await ended;
  await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), { timeout: 10_000 });
});
