import { expect, it } from 'vitest';
import { beforeCluster, beforeNodes } from './between.ts';

const nodes = { total: 3, pending: 0, drifted: 0, stale: 0, failed: 0 };
const counts = { Synced: 4, Pending: 0, OutOfSync: 0, Contested: 0, Rejected: 0, Forbidden: 0 };

it('nodes: what somebody must look at comes before what is on its way', () => {
  expect(beforeNodes({ ...nodes, total: 0 }, false)).toEqual({ tone: 'unknown', text: 'nobody to tell' });
  expect(beforeNodes({ ...nodes, pending: 2, drifted: 1, failed: 1 }, false)).toEqual({
    tone: 'check',
    text: '2 to check',
  });
  expect(beforeNodes({ ...nodes, pending: 2 }, false)).toEqual({ tone: 'pending', text: '2 on the way' });
  expect(beforeNodes(nodes, false)).toEqual({ tone: 'calm', text: 'all equal' });
  // what is to decide about the cluster stands beside it, and is not theirs
  expect(beforeNodes(nodes, true)).toEqual({ tone: 'calm', text: 'all match live' });
});

it('the cluster: it is in sync only while it is heard and nothing of ours differs there', () => {
  expect(beforeCluster('live', counts)).toEqual({ tone: 'calm', text: 'in sync' });
  expect(beforeCluster('live', { ...counts, OutOfSync: 1, Rejected: 1, Pending: 9 })).toEqual({
    tone: 'check',
    text: '2 to decide',
  });
  expect(beforeCluster('live', { ...counts, Pending: 9 })).toEqual({ tone: 'pending', text: '9 on the way' });
  expect(beforeCluster('live', { ...counts, Synced: 0 })).toEqual({ tone: 'calm', text: 'nothing of ours' });
  expect(beforeCluster('lost', counts)).toEqual({ tone: 'unknown', text: 'not heard' });
  expect(beforeCluster('waiting', counts)).toEqual({ tone: 'unknown', text: 'not heard' });
});
