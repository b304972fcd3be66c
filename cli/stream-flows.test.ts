import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inputFiles, runCli } from './fixtures/run-cli.ts';

const main = join(import.meta.dirname, 'main.ts');
const pool = (name: string, cidr: string, natOutgoing: boolean): string =>
  JSON.stringify({
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name },
    spec: { cidr, natOutgoing },
  });
const files = inputFiles({
  'pools.yaml': `${pool('a', '10.10.0.0/24', true)}\n---\n${pool('b', '10.10.1.0/24', false)}\n`,
});
afterAll(() => files.remove());

describe('a stream of flows', () => {
  const stream = (input: string) => runCli(['simulate', '-f', files.path('pools.yaml'), '--flows', '-'], input);

  test('a bad line is answered in its place, and the exit code is 1 at the end', async () => {
    const good = JSON.stringify({ id: 'x', from: '10.10.0.2', to: '8.8.8.8', port: null });
    const lines = [
      good,
      'nonsense',
      '[]',
      '{"id":7,"from":"10.10.0.2"}',
      '{"id":8,"from":"1","to":2}',
      '{"id":9,"from":"10.10.0.2","to":"8.8.8.8","prot":"tcp"}',
      'x'.repeat(70_000),
      good,
    ];
    const { code, stdout } = await stream(lines.join('\n'));
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(1);
    expect(answers.map(({ id, verdict, error }) => [id, verdict ?? error])).toEqual([
      ['x', 'SNAT'],
      [null, "line must be a JSON object: 'nonsense'"],
      [null, "line must be a JSON object: '[]'"],
      [7, 'to: to must be given'],
      [8, 'to: to must be a string: 2'],
      [9, "'prot' is no field of a flow"],
      [null, 'line must be at most 65536 characters'],
      ['x', 'SNAT'],
    ]);
  });

  test('nothing in, nothing out', async () =>
    expect(await stream('\n\n')).toEqual({ code: 0, stdout: '', stderr: '' }));

  test('a caller who sends one flow and waits is answered', async () => {
    const child = spawn(process.execPath, [main, 'simulate', '-f', files.path('pools.yaml'), '--flows', '-']);
    child.stdin.write('{"id":1,"from":"10.10.0.2","to":"8.8.8.8"}\n');
    const [line] = await once(child.stdout, 'data');
    expect(JSON.parse(String(line))).toMatchObject({ id: 1, verdict: 'SNAT' });
    child.stdin.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('200,000 flows in order', async () => {
    const flows = Array.from({ length: 200_000 }, (_, id) =>
      JSON.stringify({ id, from: `10.10.${id % 2}.${id % 250}`, to: '8.8.8.8' }),
    );
    const { code, stdout } = await stream(flows.join('\n'));
    const lines = stdout.trim().split('\n');
    expect([code, lines.length]).toEqual([0, 200_000]);
    expect(
      lines.every((line, id) => line.startsWith(`{"id":${id},"verdict":"${id % 2 === 0 ? 'SNAT' : 'NO_SNAT'}"`)),
    ).toBe(true);
  });
});
