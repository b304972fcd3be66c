/** The parts of `npm test`, in order: what is quick to fail comes first. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingForCluster } from '../../e2e/cluster/binaries/build.ts';
import { missingForLab } from '../../e2e/lab/requirements.ts';
import { ROOT } from '../supervisor/paths.ts';
import { findChromium } from './chromium.ts';
import { type Counts, counted, fromPlaywright, fromVitest, none } from './counts.ts';
import { type Failure, playwrightFailures, vitestFailures } from './failures.ts';

export interface Outcome {
  readonly counts: Counts;
  /** those that the runner's report names */
  readonly failures: readonly Failure[];
}

export interface Part {
  readonly name: string;
  readonly what: string;
  run(): Promise<Outcome>;
}

const ROOMS = ['core', 'agent', 'server', 'app', 'cli', 'bench', 'e2e', 'scripts'];

export const parts: readonly Part[] = [
  {
    name: 'lint',
    what: 'format and lint',
    run: () => check('biome', ['ci', ...(process.stdout.isTTY ? [] : ['--colors=off']), '.']),
  },
  { name: 'types', what: 'TypeScript, strict', run: () => check('tsc', ['--noEmit']) },
  {
    name: 'boundaries',
    what: 'who may import whom',
    run: () =>
      check('depcruise', [
        '--config',
        '.dependency-cruiser.cjs',
        ...ROOMS.filter((room) => existsSync(join(ROOT, room))),
      ]),
  },
  { name: 'unit', what: 'units and a real PostgreSQL', run: () => vitest('unit') },
  {
    name: 'kernel',
    what: 'the real kernel, in namespaces',
    run: () => unlessMissing(missingForLab(), () => vitest('kernel')),
  },
  {
    name: 'cluster',
    what: 'a real Kubernetes API server',
    run: () => unlessMissing(missingForCluster(), () => vitest('cluster')),
  },
  {
    name: 'containers',
    what: 'the commands of the container files, from a clean copy',
    run: () => unlessMissing(missingForLab(), () => vitest('containers')),
  },
  {
    name: 'browser',
    what: 'a real browser against npm start',
    run: () => unlessMissing(missingForBrowser(), browser),
  },
];

async function check(command: string, args: readonly string[]): Promise<Outcome> {
  const counts = (await run(command, args)) === 0 ? { ...none, passed: 1 } : { ...none, failed: 1 };
  return { counts, failures: [] };
}

const vitest = (project: string): Promise<Outcome> =>
  withReport(async (file) => {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const code = await run('vitest', ['run', '--project', project, ...reporters]);
    const report = read(file);
    return { counts: counted(fromVitest(report), code), failures: vitestFailures(report, ROOT) };
  });

const browser = (): Promise<Outcome> =>
  withReport(async (file) => {
    const args = ['test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'];
    const code = await run('playwright', args, { PLAYWRIGHT_JSON_OUTPUT_FILE: file });
    const report = read(file);
    return { counts: counted(fromPlaywright(report), code), failures: playwrightFailures(report) };
  });

async function unlessMissing(missing: Promise<readonly string[]>, part: () => Promise<Outcome>): Promise<Outcome> {
  const reasons = await missing;
  if (reasons.length === 0) return part();
  console.log(`skipped: ${reasons.join('; ')}`);
  return { counts: { ...none, skipped: 1 }, failures: [] };
}

async function missingForBrowser(): Promise<string[]> {
  const missing = await missingForLab();
  return findChromium() === null ? [...missing, 'no Chromium was found'] : missing;
}

async function withReport(use: (file: string) => Promise<Outcome>): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'outgate-report-'));
  try {
    return await use(join(directory, 'report.json'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const read = (file: string): string | null => (existsSync(file) ? readFileSync(file, 'utf8') : null);

/** Resolves with the exit code; output goes to ours. */
function run(command: string, args: readonly string[], environment: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve) => {
    const bin = join(ROOT, 'node_modules/.bin');
    const env = { ...process.env, ...environment, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    const child = spawn(join(bin, command), args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
