import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { inputFiles, runCli } from './fixtures/run-cli.ts';

const pool = 'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: a}\nspec: {cidr: 10.0.0.0/8}\n';
const files = inputFiles({
  'good.yaml': pool,
  'empty.yaml': '',
  'binary.yaml': new Uint8Array([0x7f, 0x45, 0xff, 0xfe, 0x00]),
  'many.yaml': Array.from({ length: 4000 }, (_, i) =>
    pool.replace('name: a', `name: a${i}`).replace('10.0.0.0/8', '169.254.0.0/16'),
  ).join('---\n'),
});
afterAll(() => files.remove());

describe('usage', () => {
  it('without a command: exit 2 and the commands on stderr', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: outgate COMMAND/);
    expect(stderr).toMatch(/^ {2}validate +\S/m);
    expect(stderr).toMatch(/^ {2}convert +\S/m);
  });

  it('--help: exit 0 and the same on stdout', async () => {
    const { code, stdout, stderr } = await runCli(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: outgate COMMAND/);
  });

  it('COMMAND --help shows its flags', async () => {
    const { code, stdout } = await runCli(['validate', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: outgate validate -f FILE');
  });

  it.each([
    [['frobnicate'], "outgate: command must be one of validate, simulate, render, convert: 'frobnicate'\n"],
    [['toString'], "outgate: command must be one of validate, simulate, render, convert: 'toString'\n"],
    [['validate'], /^outgate validate: -f FILE must be given\n\nUsage: outgate validate /],
    [['validate', '--frob'], /^outgate validate: Unknown option '--frob'.*\n\nUsage: outgate validate /],
    [['validate', 'x.yaml'], /^outgate validate: Unexpected argument 'x.yaml'.*\n\nUsage: /],
    [['validate', '-f'], /^outgate validate: .*argument missing\n\nUsage: /],
    [['validate', '-f', 'x', '-o', 'xml'], /^outgate validate: --output must be one of text, json: 'xml'\n\nUsage: /],
    [['validate', '-f', 'x', '-o', 'json', '-o', 'text'], /^outgate validate: --output must be given only once\n/],
    [['validate', '-f', '-', '-f', '-'], /^outgate validate: -f - \(stdin\) must be given only once\n/],
    [['convert', '-f', 'x', '--api', 'v2'], /^outgate convert: --api must be one of v3, v1: 'v2'\n/],
    [['convert', '-f', 'x', '-o', 'json'], /^outgate convert: --output must be yaml: 'json'\n/],
  ])('%j: exit 2', async (args, message) => {
    const { code, stdout, stderr } = await runCli(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ at .*:\d+:\d+/);
  });
});

describe.each(['validate', 'convert'])('%s with files that cannot be used', (command) => {
  it('names every one of them', async () => {
    const args = [
      '-f',
      files.path('none.yaml'),
      '-f',
      files.path(''),
      '-f',
      files.path('binary.yaml'),
      '-f',
      files.path('good.yaml'),
    ];
    expect(await runCli([command, ...args])).toEqual({
      code: 2,
      stdout: '',
      stderr: [
        `${files.path('none.yaml')}: file must exist`,
        `${files.path('')}: must be a file, not a directory`,
        `${files.path('binary.yaml')}: file must be UTF-8 text`,
        '',
      ].join('\n'),
    });
  });

  it('refuses an empty file', async () => {
    const { code, stderr } = await runCli([command, '-f', files.path('empty.yaml')]);
    expect(code).toBe(2);
    expect(stderr).toBe(`${files.path('empty.yaml')}: file must hold at least one document\n`);
  });

  it('refuses an empty stdin', async () => {
    const { code, stderr } = await runCli([command, '-f', '-'], '');
    expect(code).toBe(2);
    expect(stderr).toBe('<stdin>: file must hold at least one document\n');
  });
});

it('ends quietly when its reader goes away', async () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, 'validate', '-f', files.path('many.yaml'), '-o', 'json'], {
    timeout: 60_000,
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
});
