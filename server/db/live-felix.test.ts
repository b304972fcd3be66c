import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLiveFelix } from '../../core/cluster/live-settings.ts';
import { rememberedSettings, writeLiveFelixes } from './live-felix.ts';
import { type TestDatabase, testDatabase } from './testing.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

it('only what says something about NAT would be missed, and all that there is was seen', async () => {
  const { db } = database;
  const object = (name: string, spec: object) =>
    readLiveFelix({ metadata: { name, uid: `uid-${name}`, resourceVersion: '1' }, spec });
  const all = [
    object('default', { logSeverityScreen: 'Info' }),
    object('node.one', { natPortRange: '40000:50000' }),
    object('node.two', { natPortRange: [] }),
  ];
  await writeLiveFelixes(
    db,
    all.flatMap((felix) => felix ?? []),
    [],
  );
  const { known, seen } = await rememberedSettings(db);
  expect([...known]).toEqual([['node.one', 'uid-node.one']]);
  expect([...seen.keys()]).toEqual(['default', 'node.one', 'node.two']);
});
