import { expect, test, vi } from 'vitest';
import { showing } from './show.ts';

test('says every line, the unfinished last one too, and gives the exit code', async () => {
  const lines: string[] = [];
  expect(
    await showing((line) => lines.push(line), 'node', [
      '-e',
      "process.stdout.write('one\\ntwo'); process.exitCode = 3",
    ]),
  ).toBe(3);
  expect(lines).toEqual(['one', 'two']);
});

test('a command that cannot be started is a failure that says why', async () => {
  const lines: string[] = [];
  expect(await showing((line) => lines.push(line), 'no-such-command', [])).toBe(1);
  expect(lines.join()).toContain('ENOENT');
});

test('a process that it leaves behind with its output is said, and not waited for', async () => {
  const lines: string[] = [];
  const left = "['-e', 'setTimeout(() => {}, 3000)'], { stdio: 'inherit' }";
  const leave = `require('child_process').spawn(process.execPath, ${left}).unref()`;
  // our clock alone runs ahead: the process lives its three seconds, and would not be there after ten
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  vi.setTimerTickMode('nextTimerAsync');
  try {
    expect(await showing((line) => lines.push(line), 'node', ['-e', leave])).toBe(1);
  } finally {
    vi.useRealTimers();
  }
  expect(lines).toEqual(['node ended with 0, and a process that it left behind still holds its output open']);
});
