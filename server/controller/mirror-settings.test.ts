import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LiveFelix, readLiveFelix } from '../../core/cluster/live-settings.ts';
import { beginTerm, readLive } from '../db/live.ts';
import { type TestApi, testApi } from '../testing/test-api.ts';
import { mirrorAllSettings } from './mirror-settings.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api?.close());

const felix = (name: string, natPortRange: string): LiveFelix[] => {
  const read = readLiveFelix({ metadata: { name, uid: name, resourceVersion: '1' }, spec: { natPortRange } });
  return read === null ? [] : [read];
};

it('of thousands of objects that are not taken at once the lock is not lost, and the others are taken', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'test');
  const bad = Array.from({ length: 8_000 }, (_, i) => felix(`node.w-${i}`, '40000:30000')).flat();
  const all = [...felix('default', '1:2'), ...bad, ...felix('node.good', '3:4')];
  expect(await mirrorAllSettings(db, epoch, { all, hosts: () => null })).toBe(false);
  expect((await readLive(db)).settings).toEqual({
    global: { natPortRange: '1:2' },
    nodes: { good: { natPortRange: '3:4' } },
  });
});
