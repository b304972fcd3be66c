import { expect, it } from 'vitest';
import { readLivePool } from '../../core/cluster/live-pool.ts';
import type { Outcome } from './pool-writer.ts';
import { syncPool } from './sync-pool.ts';

const spec = { cidr: '10.1.0.0/16', natOutgoing: true };
const never = () => Promise.reject(new Error('nothing else is asked of the cluster'));

it('what others began to delete while it was applied is told as that, though it says what is desired', async () => {
  const metadata = { name: 'a', uid: 'u1', resourceVersion: '8', deletionTimestamp: '2026-01-01T00:00:00Z' };
  const taken = readLivePool({ metadata, spec });
  if (taken === null) throw new Error('not an object');
  const outcomes: Outcome[] = [];
  await syncPool(
    {
      read: async () => ({
        pool: { name: 'a', spec, sequence: 5 },
        row: undefined,
        live: undefined,
        released: [],
        letGo: false,
      }),
      write: async (outcome) => void outcomes.push(outcome),
      sending: () => {},
      cluster: { apply: async () => taken, remove: never, disown: never },
      now: () => new Date(0),
    },
    'a',
  );
  expect(outcomes).toMatchObject([{ row: { state: 'OutOfSync', reason: 'BeingDeleted', applied: { version: 5 } } }]);
});
