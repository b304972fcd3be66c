import { expect, it } from 'vitest';
import { type ServeOptions, serve, type Tenure, type Work } from './tenure.ts';

const started = (over: Partial<ServeOptions> = {}) => {
  const clock = { now: 0 };
  const told: string[] = [];
  const work: Work = { stop: async () => void told.push('stopped') };
  const served = serve({
    sentAt: 0,
    holdMs: 60_000,
    graceMs: 50,
    now: () => clock.now,
    onLead: async () => work,
    onEnding: () => told.push('ending'),
    ...over,
  });
  return { clock, told, served };
};

it('a process that was stopped too long holds no longer, before any timer of its own has run', async () => {
  const { clock, told, served } = started();
  expect(served.holds()).toBe(true);
  clock.now = 60_000;
  expect(served.holds()).toBe(false);
  expect(served.signal.aborted).toBe(true);
  await served.end();
  expect(told).toEqual(['ending', 'stopped']);
});

it('counts from when a renewal was sent, and one that comes too late revives nothing', async () => {
  const { clock, served } = started();
  clock.now = 50_000;
  expect(served.renewed(30_000)).toBe(true);
  clock.now = 89_999;
  expect(served.holds()).toBe(true);
  clock.now = 90_000;
  expect(served.renewed(89_000)).toBe(false);
  expect(served.holds()).toBe(false);
  await served.end();
});

it('work that is given up is stopped while it still holds, and aborted when it does not stop', async () => {
  let led: Tenure | undefined;
  const seen: boolean[] = [];
  const { served } = started({
    onLead: async (tenure) => {
      led = tenure;
      return {
        async stop() {
          seen.push(tenure.holds());
          await new Promise((resolve) => tenure.signal.addEventListener('abort', resolve));
        },
      };
    },
  });
  await Promise.resolve();
  led?.resign(new Error('the database is away'));
  await served.end();
  expect(seen).toEqual([true]);
  expect(served.holds()).toBe(false);
  expect(served.resigned()?.message).toBe('the database is away');
});

it('work that cannot begin is given up', async () => {
  const { served, told } = started({ onLead: () => Promise.reject(new Error('no')) });
  await expect.poll(() => told).toEqual(['ending']);
  await served.end();
  expect(served.resigned()?.message).toBe('no');
});
