import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { workDir } from './run-agent.ts';

const OWNER = `
import { agentFile, workDir } from '${fileURLToPath(new URL('run-agent.ts', import.meta.url))}';
console.log(agentFile() + ' ' + workDir().path);
setInterval(() => {}, 1000);
`;

it.each(['SIGINT', 'SIGKILL'] as const)(
  'bundle and work directory go with a process that is ended by %s',
  async (signal) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', OWNER], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const paths = line.split(' ');
    expect(paths.map(existsSync)).toEqual([true, true]);
    child.kill(signal);
    await once(child, 'exit');
    await vi.waitFor(() => expect(paths.map(existsSync)).toEqual([false, false]), { timeout: 10_000 });
  },
);

it('a work directory that is removed is gone at once', () => {
  const dir = workDir();
  dir.write('a.json', '{}');
  dir.remove();
  expect(existsSync(dir.path)).toBe(false);
});
