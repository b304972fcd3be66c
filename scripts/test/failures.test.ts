import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../supervisor/paths.ts';
import { failureText, playwrightFailures, unnamedFailureText, vitestFailures } from './failures.ts';

/** Runs a runner of ours on one file in a folder of its own. */
function reportOf(file: string, source: string, command: string, args: (report: string) => string[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'outgate-failures-'));
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
    writeFileSync(join(dir, file), source);
    const report = join(dir, 'report.json');
    const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report };
    spawnSync(join(ROOT, 'node_modules/.bin', command), args(report), { cwd: dir, env });
    return readFileSync(report, 'utf8').replaceAll(`${dir}/`, ROOT);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

test('vitest: each failed test with its file and message, and a file that does not load', () => {
  const run = (source: string) =>
    vitestFailures(
      reportOf('some.test.ts', source, 'vitest', (report) => [
        'run',
        '--root=.',
        '--reporter=json',
        `--outputFile=${report}`,
      ]),
      ROOT,
    );
  const failed = run(`import { expect, test } from 'vitest';
    test('good', () => {}); test('bad', () => expect(1).toBe(2));`);
  expect(failed).toEqual([
    { file: 'some.test.ts', name: 'bad', message: expect.stringContaining('expected 1 to be 2') },
  ]);
  expect(run(`throw new Error('cannot load');`)).toEqual([
    { file: 'some.test.ts', name: '', message: expect.stringContaining('cannot load') },
  ]);
});

test('playwright: each failed test with its file and message, and an error outside of tests', () => {
  const run = (source: string) =>
    playwrightFailures(reportOf('some.spec.ts', source, 'playwright', () => ['test', '--reporter=json']));
  const failed = run(`import { expect, test } from '@playwright/test';
    test('good', () => {}); test.describe('group', () => { test('bad', () => expect(1).toBe(2)); });`);
  expect(failed).toEqual([
    { file: 'some.spec.ts', name: 'bad', message: expect.stringMatching(/Expected.*2[\s\S]*Received.*1/) },
  ]);
  expect(run(`throw new Error('cannot load');`)[0]?.message).toContain('cannot load');
});

test('the text names part, file and test, and the first lines of a message without colours', () => {
  const message = `\u001b[31mAssertionError\u001b[39m: no\n${'at somewhere\n'.repeat(50)}`;
  const lines = failureText('unit', [{ file: 'a.test.ts', name: 'it holds', message }]).split('\n');
  expect(lines.slice(0, 3)).toEqual([
    'FAILED unit: a.test.ts > it holds',
    '    AssertionError: no',
    '    at somewhere',
  ]);
  expect(lines).toHaveLength(7);
  const many = Array.from({ length: 50 }, () => ({ file: 'a', name: 'b', message: '' }));
  expect(failureText('unit', many)).toMatch(/\nFAILED unit: and 10 more$/);
});

test('a part that failed without a failed test is told by what it said last', () => {
  const lines = unnamedFailureText('unit', ['\u001b[31mUnhandled Errors\u001b[39m', 'Error: late']).split('\n');
  expect(lines).toEqual([
    'FAILED unit: no test of it is named, it said last',
    '    Unhandled Errors',
    '    Error: late',
  ]);
});

test('no report: nothing is known', () => {
  expect([vitestFailures(null, ROOT), playwrightFailures('{')]).toEqual([[], []]);
});
