/** One leader at a time among processes, on a real API server: kills, freezes and wrong clocks. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { ensureBinaries } from '../../e2e/cluster/binaries/build.ts';
import { must } from '../../e2e/cluster/request.ts';
import { grant } from '../../e2e/cluster/rights.ts';
import { type ApiServer, startApiServer } from '../../e2e/cluster/start-api-server.ts';
import { type Supervised, supervise } from '../../e2e/cluster/supervised.ts';
import type { CandidateLine } from '../testing/candidate.ts';
import { soon } from '../testing/soon.ts';
import { policyRules } from './needed-rights.ts';

const TAKEOVER_MS = 12_000;
const HANDOVER_MS = 2_000;
let server: ApiServer;
let dir: string;
let round = 0;
const endings: (() => Promise<unknown>)[] = [];

/** each test is about a lease of its own */
const LEASES = [1, 2, 3, 4].map((n) => `election-${n}`);

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'outgate-lease-'));
  server = await startApiServer({
    binaries: await ensureBinaries((line) => console.error(line)),
    users: { outgate: [] },
  });
  await grant(server, 'lease-test', { kind: 'User', name: 'outgate' }, [
    ...policyRules('own').map((rule) => (rule.resourceNames === undefined ? rule : { ...rule, resourceNames: LEASES })),
    // of the test's own count
    { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] },
  ]);
});
afterEach(async () => {
  await Promise.all(endings.splice(0).map((end) => end()));
});
afterAll(async () => {
  await server?.stop();
  rmSync(dir, { recursive: true, force: true });
});

interface Candidate extends Supervised {
  readonly identity: string;
  lines(): CandidateLine[];
}

/** Processes, each with a clock of its own, as sure of the time as the others. */
async function candidates(skews: readonly number[]): Promise<Candidate[]> {
  const name = `election-${++round}`;
  return Promise.all(
    skews.map(async (skewMs, index) => {
      const identity = `${name}-${index}`;
      const log = join(dir, identity);
      const options = JSON.stringify({ kubeconfig: server.kubeconfig, user: 'outgate', name, identity, skewMs });
      const script = fileURLToPath(new URL('../testing/candidate.ts', import.meta.url));
      const child = await supervise(process.execPath, [script, options], { cwd: dir, log });
      endings.push(() => child.kill());
      const lines = () =>
        readFileSync(log, 'utf8')
          .split('\n')
          .flatMap((line) => (line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line) as CandidateLine] : []));
      return { ...child, identity, lines };
    }),
  );
}

/** The times in which each one led, in order; a term that did not end lasts to now. */
const terms = (all: readonly Candidate[], killed: ReadonlyMap<Candidate, number> = new Map()) =>
  all
    .flatMap((one) => {
      const of = one.lines();
      const begins = of.filter(({ kind }) => kind === 'leads');
      const ends = of.filter(({ kind }) => kind === 'ends');
      return begins.map(({ at }, index) => ({ one, from: at, to: ends[index]?.at ?? killed.get(one) ?? Date.now() }));
    })
    .sort((a, b) => a.from - b.from);
const expectNoTwo = (all: ReturnType<typeof terms>): void => {
  for (const [index, { from }] of all.entries()) {
    const before = all[index - 1];
    if (before !== undefined) expect(from).toBeGreaterThanOrEqual(before.to);
  }
};
const nthTerm = async (all: readonly Candidate[], n: number, killed?: ReadonlyMap<Candidate, number>) =>
  vi.waitFor(
    () => {
      const term = terms(all, killed)[n - 1];
      if (term === undefined) throw new Error(`${n} terms must have begun`);
      return term;
    },
    { timeout: 40_000, interval: 20 },
  );

it('each kill is followed by one new leader in time, however wrong the clocks are', async () => {
  const all = await candidates([0, 3_600_000, -3_600_000]);
  const killed = new Map<Candidate, number>();
  for (let n = 1; n <= 2; n++) {
    const { one } = await nthTerm(all, n, killed);
    await sleep(3_000); // past a renewal
    await one.kill();
    killed.set(one, Date.now());
    const next = await nthTerm(all, n + 1, killed);
    expect(next.from - (killed.get(one) ?? 0)).toBeLessThan(TAKEOVER_MS);
  }
  expectNoTwo(terms(all, killed));
});

it('a shutdown hands over', async () => {
  const all = await candidates([0, 0, 0]);
  for (let n = 1; n <= 2; n++) {
    const { one } = await nthTerm(all, n);
    const at = Date.now();
    one.signal('SIGTERM');
    const next = await nthTerm(all, n + 1);
    expect(next.from - at).toBeLessThan(HANDOVER_MS);
    expect(await one.ended).toBe(0);
  }
  expectNoTwo(terms(all));
});

it('a leader that was frozen knows that it leads no longer before it acts on anything', async () => {
  const all = await candidates([0, 0]);
  const { one } = await nthTerm(all, 1);
  const map = (name: string) =>
    must(server.as('admin'), 'POST', '/api/v1/namespaces/default/configmaps', { metadata: { name } });
  await sleep(1_000);
  await map('before');
  await soon(() => expect(one.lines()).toContainEqual(expect.objectContaining({ kind: 'heard', holds: true })));
  one.signal('SIGSTOP');
  const stopped = Date.now();
  await map('during');
  const next = await nthTerm(
    all.filter((other) => other !== one),
    1,
  );
  expect(next.from - stopped).toBeLessThan(TAKEOVER_MS);
  await sleep(Math.max(0, stopped + 15_000 - Date.now()));
  const woken = Date.now();
  one.signal('SIGCONT');
  await soon(() => expect(one.lines()).toContainEqual(expect.objectContaining({ kind: 'ends' })));
  const after = one.lines().filter(({ at, kind }) => at >= woken && kind === 'heard');
  expect(after.filter((line) => line.kind === 'heard' && line.holds)).toEqual([]);
  await sleep(3_000);
  expect(terms(all).map(({ one: { identity } }) => identity)).toEqual([one.identity, next.one.identity]);
});

it('while the API server is frozen or gone nobody leads for long, and one does when it is back', async () => {
  const all = await candidates([0, 0, 0]);
  await nthTerm(all, 1);
  for (const [fault, cure] of [
    [() => server.pause(), async () => server.resume()],
    [() => server.kill(), () => server.start()],
  ] as const) {
    const before = terms(all).length;
    const at = Date.now();
    await fault();
    await sleep(10_000);
    for (const { to } of terms(all)) expect(to).toBeLessThan(at + 8_000);
    await cure();
    await nthTerm(all, before + 1);
  }
  expectNoTwo(terms(all));
});
