import { expect, it } from 'vitest';
import { keepLastGood, readLivePool } from './live-pool.ts';
import { specClaims } from './managed-fields.ts';

const object = (spec: unknown, metadata: object = {}) =>
  readLivePool({ metadata: { name: 'a', uid: 'u', resourceVersion: '1', ...metadata }, spec });
const good = { cidr: '10.0.0.0/8', natOutgoing: true };

it('an object that can no longer be decoded counts as it was; one that was made anew does not', () => {
  const before = object(good) ?? undefined;
  const now = object({ ...good, natOutgoing: 'no' });
  const anew = object({ ...good, natOutgoing: 'no' }, { uid: 'v' });
  if (now === null || anew === null) throw new Error('not an object');
  expect(now.pool).toBe(null);
  const kept = keepLastGood(before, now);
  expect(kept).toMatchObject({ pool: { name: 'a', spec: good }, lastGood: true });
  expect(kept.problems.map(({ field }) => field)).toEqual(['spec.natOutgoing']);
  // and so it goes on, however often it is said
  expect(keepLastGood(kept, now)).toEqual(kept);
  expect(keepLastGood(before, anew).pool).toBe(null);
  expect(keepLastGood(undefined, now).pool).toBe(null);
  const mended = object({ cidr: '10.0.0.0/8' });
  expect(mended && keepLastGood(kept, mended)).toBe(mended);
});

it('what holds it once it is deleted is kept, and little of that', () => {
  const held = (finalizers: unknown) => object(good, { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers });
  expect(held(['example.com/wait'])).toMatchObject({ deleting: true, finalizers: ['example.com/wait'] });
  expect(held(undefined)).not.toHaveProperty('finalizers');
  expect(held('odd')).not.toHaveProperty('finalizers');
  expect(held(['\u202e', 7, 'x'.repeat(300)])?.finalizers).toEqual(['\\u202e', `${'x'.repeat(80)}...`]);
  expect(held(Array.from({ length: 1_000 }, (_, i) => `a/${i}`))?.finalizers).toHaveLength(100);
  expect(object(good, { finalizers: ['example.com/wait'] })).toMatchObject({
    deleting: false,
    finalizers: ['example.com/wait'],
  });
});

it('what PostgreSQL cannot hold is replaced, wherever it stands', () => {
  const read = object({ ...good, nodeSelector: 'a\0b\ud800c' }, { managedFields: [claim('m\0')] });
  expect(read?.pool?.spec.nodeSelector).toBe('a\ufffdb\ufffdc');
  expect(JSON.stringify(read)).not.toMatch(/\\u0000|\\ud800/);
});

it('of very much little is kept: ours, and the last', () => {
  const ours = { ...claim('outgate'), operation: 'Apply' };
  const read = object(
    { ...good, ...Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`x${i}`, i])) },
    {
      annotations: { 'meta.helm.sh/release-name': 'y'.repeat(1_000_000) },
      managedFields: [ours, ...Array.from({ length: 10_000 }, (_, i) => claim(`m${i}`))],
    },
  );
  expect(read?.claims.map(({ manager }) => manager)).toEqual(expect.arrayContaining(['outgate', 'm9999']));
  expect(read?.pool?.spec).toEqual(good);
  expect(read?.problems.at(-1)?.message).toBe('and 4980 more problems');
  expect(JSON.stringify(read).length).toBeLessThan(30_000);
});

const claim = (manager: string) => ({ manager, operation: 'Update', fieldsV1: { 'f:spec': { 'f:cidr': {} } } });

it('a writer of a whole FelixConfiguration is known for each of its fields', () => {
  const spec = Object.fromEntries(Array.from({ length: 180 }, (_, i) => [`f:field${i}`, {}]));
  const entry = { manager: 'helm', operation: 'Apply', fieldsV1: { 'f:spec': { ...spec, 'f:natPortRange': {} } } };
  expect(specClaims({ managedFields: [entry] })[0]?.fields).toContain('natPortRange');
});
