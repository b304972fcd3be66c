import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { workQueue } from './work-queue.ts';

const soon = { timeout: 20_000, interval: 10 };

it('works on each name once at a time, and once more when it is asked for meanwhile', async () => {
  const log: string[] = [];
  let most = 0;
  const open = new Set<string>();
  const queue = workQueue({
    workers: 3,
    delay: () => 1,
    work: async (name) => {
      expect(open.has(name)).toBe(false);
      open.add(name);
      most = Math.max(most, open.size);
      await sleep(5);
      open.delete(name);
      log.push(name);
      return 'settled';
    },
  });
  queue.add(['a', 'b', 'c', 'd', 'a']);
  queue.add(['a']);
  await vi.waitFor(() => expect(queue.size()).toBe(0), soon);
  expect(log.sort()).toEqual(['a', 'a', 'b', 'c', 'd']);
  expect(most).toBe(3);
});

it('comes back after a wait that grows, and begins anew when it was settled', async () => {
  const waits: number[] = [];
  let left = 3;
  const queue = workQueue({
    workers: 1,
    delay: (attempt) => {
      waits.push(attempt);
      return 1;
    },
    work: async () => (left-- > 0 ? 'again' : 'settled'),
  });
  queue.add(['a']);
  await vi.waitFor(() => expect(queue.size()).toBe(0), soon);
  left = 1;
  queue.add(['a']);
  await vi.waitFor(() => expect(queue.size()).toBe(0), soon);
  expect(waits).toEqual([0, 1, 2, 0]);
});

it('many that come again come one after the other, and all at once when one of them is settled', async () => {
  let tries = 0;
  let away = true;
  const queue = workQueue({
    workers: 10,
    delay: () => 1,
    work: async () => {
      tries++;
      return away ? 'again' : 'settled';
    },
  });
  queue.add(Array.from({ length: 500 }, (_, i) => `p-${i}`));
  const began = performance.now();
  await vi.waitFor(() => expect(tries).toBeGreaterThan(500 + 20), { timeout: 10_000, interval: 5 });
  expect(performance.now() - began).toBeGreaterThan(200);
  away = false;
  await vi.waitFor(() => expect(queue.size()).toBe(0), soon);
});

it('says when nothing is left, also not for later', async () => {
  const sizes: number[] = [];
  let left = 2;
  const queue = workQueue({
    workers: 1,
    delay: () => 5,
    work: async (name) => (name === 'a' && left-- > 0 ? 'again' : 'settled'),
    onEmpty: () => sizes.push(queue.size()),
  });
  queue.add(['a', 'b']);
  await vi.waitFor(() => expect(sizes).toEqual([0]), soon);
  queue.add(['c']);
  await vi.waitFor(() => expect(sizes).toEqual([0, 0]), soon);
  expect(left).toBe(-1);
});

it('stops with what was begun, and begins nothing more', async () => {
  let begun = 0;
  const queue = workQueue({
    workers: 1,
    delay: () => 1,
    work: async () => {
      begun++;
      await sleep(10);
      return 'again';
    },
  });
  queue.add(['a', 'b']);
  await queue.stop();
  queue.add(['c']);
  await sleep(20);
  expect(begun).toBe(1);
  expect(queue.size()).toBe(0);
});
