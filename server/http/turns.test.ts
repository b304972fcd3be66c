import { expect, it } from 'vitest';
import { makeTurns, makeTurnsEach } from './turns.ts';

it('turns are had in the order in which they were asked for, and a place that is free is had at once', async () => {
  const turns = makeTurns({ most: 1, waiting: 2, patienceMs: 60_000 });
  const first = await turns.take();
  const had: string[] = [];
  const waiting = ['second', 'third'].map(async (name) => {
    const end = await turns.take();
    had.push(name);
    end?.();
  });
  expect(await turns.take()).toBeNull();
  expect(had).toEqual([]);
  first?.();
  await Promise.all(waiting);
  expect(had).toEqual(['second', 'third']);
  expect(await turns.take()).not.toBeNull();
});

it('who waited long enough goes without, and takes no turn from others', async () => {
  const turns = makeTurns({ most: 1, waiting: 2, patienceMs: 1 });
  const end = await turns.take();
  expect(await turns.take()).toBeNull();
  end?.();
  expect(await turns.take()).not.toBeNull();
});

it('each key has turns of its own', async () => {
  const turns = makeTurnsEach({ most: 1, waiting: 0, patienceMs: 1 });
  const [first, second, other] = await Promise.all([turns.take('a'), turns.take('a'), turns.take('b')]);
  expect([first, second, other].map((end) => end === null)).toEqual([false, true, false]);
  first?.();
  expect(await turns.take('a')).not.toBeNull();
});
