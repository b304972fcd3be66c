/** The parts of `npm test`, and in which lane each runs. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBinaries, missingForCluster } from '../../e2e/cluster/binaries/build.ts';
import { missingForHelm } from '../../e2e/cluster/binaries/helm.ts';
import { missingForLab } from '../../e2e/lab/requirements.ts';
import { passingFolder } from '../../server/testing/passing-folder.ts';
import { ROOT } from '../supervisor/paths.ts';
import { findChromium } from './chromium.ts';
import { type Counts, counted, fromPlaywright, fromVitest, none } from './counts.ts';
import { type Failure, playwrightFailures, vitestFailures } from './failures.ts';
import { type Show, showing } from './show.ts';

export interface Outcome {
  readonly counts: Counts;
  /** those that the runner's report names */
  readonly failures: readonly Failure[];
}

export interface Part {
  readonly name: string;
  readonly what: string;
  /**
   * `first`: quick to fail, before all others. The others then run side by side, each one part at a time: `node` needs this
   * machine's kernel, and its lab has fixed names; `service` has servers and databases of its own, and mostly waits; `waiting`
   * begins with what does next to nothing but wait, and then is as `service` is.
   */
  readonly lane: Lane;
  run(show: Show): Promise<Outcome>;
}

export type Lane = 'first' | 'node' | 'service' | 'waiting';

const ROOMS = ['core', 'agent', 'server', 'app', 'cli', 'bench', 'e2e', 'scripts'];

export const parts: readonly Part[] = [
  {
    name: 'lint',
    what: 'format and lint',
    lane: 'first',
    run: (show) => check(show, 'biome', ['ci', ...(process.stdout.isTTY ? [] : ['--colors=off']), '.']),
  },
  { name: 'types', what: 'TypeScript, strict', lane: 'first', run: (show) => check(show, 'tsc', ['--noEmit']) },
  {
    name: 'boundaries',
    what: 'who may import whom',
    lane: 'first',
    run: (show) =>
      check(show, 'depcruise', [
        '--config',
        '.dependency-cruiser.cjs',
        ...ROOMS.filter((room) => existsSync(join(ROOT, room))),
      ]),
  },
  {
    name: 'unit',
    what: 'units and a real PostgreSQL',
    lane: 'service',
    run: (show) => vitest(show, 'unit'),
  },
  {
    name: 'kernel',
    what: 'the real kernel, in namespaces',
    lane: 'node',
    run: (show) => unlessMissing(show, missingForLab(), () => vitest(show, 'kernel')),
  },
  {
    name: 'cluster',
    what: 'a real Kubernetes API server, one half',
    lane: 'service',
    run: (show) => unlessMissing(show, missingForClusterPart(), () => vitest(show, 'cluster', ['--shard=1/2'])),
  },
  {
    name: 'faults',
    what: 'long outages of an API server, and killed leaders',
    lane: 'waiting',
    run: (show) => unlessMissing(show, missingForFaults(), () => onceBuilt(show, () => vitest(show, 'faults'))),
  },
  {
    // each half has an API server of its own, on which its files wait their turn
    name: 'cluster',
    what: 'a real Kubernetes API server, the other half',
    lane: 'waiting',
    run: (show) => unlessMissing(show, missingForClusterPart(), () => vitest(show, 'cluster', ['--shard=2/2'])),
  },
  {
    name: 'containers',
    what: 'the commands of the container files, from a clean copy',
    lane: 'service',
    run: (show) => unlessMissing(show, missingForLab(), () => vitest(show, 'containers')),
  },
  {
    name: 'browser',
    what: 'a real browser against npm start',
    lane: 'node',
    run: (show) => unlessMissing(show, missingForBrowser(), () => onceBuilt(show, () => browser(show))),
  },
];

async function check(show: Show, command: string, args: readonly string[]): Promise<Outcome> {
  const counts = (await showing(show, command, args)) === 0 ? { ...none, passed: 1 } : { ...none, failed: 1 };
  return { counts, failures: [] };
}

const vitest = (show: Show, project: string, more: readonly string[] = []): Promise<Outcome> =>
  withReport(async (file) => {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const code = await showing(show, 'vitest', ['run', '--project', project, ...more, ...reporters]);
    const report = read(file);
    return { counts: counted(fromVitest(report), code), failures: vitestFailures(report, ROOT) };
  });

const browser = (show: Show): Promise<Outcome> =>
  withReport(async (file) => {
    const args = ['test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'];
    const code = await showing(show, 'playwright', args, { environment: { PLAYWRIGHT_JSON_OUTPUT_FILE: file } });
    const report = read(file);
    return { counts: counted(fromPlaywright(report), code), failures: playwrightFailures(report) };
  });

async function unlessMissing(
  show: Show,
  missing: Promise<readonly string[]>,
  part: () => Promise<Outcome>,
): Promise<Outcome> {
  const reasons = await missing;
  if (reasons.length === 0) return part();
  show(`skipped: ${reasons.join('; ')}`);
  return { counts: { ...none, skipped: 1 }, failures: [] };
}

/** The API server is built before the tool begins, where that can be: it takes longer than a test may. */
async function onceBuilt(show: Show, part: () => Promise<Outcome>): Promise<Outcome> {
  try {
    if ((await missingForCluster()).length === 0) await ensureBinaries(show);
  } catch (error) {
    show(error instanceof Error ? error.message : String(error));
    return { counts: { ...none, failed: 1 }, failures: [] };
  }
  return part();
}

async function missingForFaults(): Promise<string[]> {
  return [...(await missingForLab()), ...(await missingForCluster())];
}

async function missingForClusterPart(): Promise<string[]> {
  return (await Promise.all([missingForCluster(), missingForHelm()])).flat();
}

async function missingForBrowser(): Promise<string[]> {
  const missing = await missingForLab();
  return findChromium() === null ? [...missing, 'no Chromium was found'] : missing;
}

async function withReport(use: (file: string) => Promise<Outcome>): Promise<Outcome> {
  const folder = passingFolder('outgate-report-');
  try {
    return await use(join(folder.path, 'report.json'));
  } finally {
    folder.remove();
  }
}

const read = (file: string): string | null => (existsSync(file) ? readFileSync(file, 'utf8') : null);
