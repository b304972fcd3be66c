import { expect, test } from 'vitest';
import { failure, KubeError } from '../kube/kube-error.ts';
import { lateWrites } from './late-writes.ts';

test('of an object that this term has not settled, a leader before may have written', () => {
  const late = lateWrites();
  expect(late.mayCome('a', '1')).toBe(true);
  late.settled('a');
  expect(late.mayCome('a', '1')).toBe(false);
  expect(late.mayCome('b', '1')).toBe(true);
});

const carriedOut = async () => {};
const isLost = async () => Promise.reject(new KubeError('', failure('unreachable', 'nobody answers')));
const isRefused = async () => Promise.reject(new KubeError('', failure('busy', 'too many requests', { status: 429 })));

test('what was sent and not answered fits only the version that it was decided on', async () => {
  const late = lateWrites();
  late.settled('a');
  await expect(late.sending('a', '1', isLost)).rejects.toThrow('nobody answers');
  expect(late.mayCome('a', '1')).toBe(true);
  expect(late.mayCome('a', '2')).toBe(false);
  await late.sending('a', '2', carriedOut);
  late.settled('a');
  expect(late.mayCome('a', '2')).toBe(false);
});

test('a refusal is about the last of what was sent', async () => {
  const late = lateWrites();
  const refused = () => expect(late.sending('a', '1', isRefused)).rejects.toThrow('too many');
  await refused();
  // a leader before may have written all the same
  expect(late.mayCome('a', '1')).toBe(true);
  late.settled('a');
  await refused();
  expect(late.mayCome('a', '1')).toBe(false);
  await expect(late.sending('a', '1', isLost)).rejects.toThrow();
  await refused();
  expect(late.mayCome('a', '1')).toBe(true);
});
