import { expect, test } from 'vitest';
import { lateWrites } from './late-writes.ts';

test('of an object that this term has not settled, a leader before may have written', () => {
  const late = lateWrites();
  expect(late.mayCome('a', '1')).toBe(true);
  late.settled('a');
  expect(late.mayCome('a', '1')).toBe(false);
  expect(late.mayCome('b', '1')).toBe(true);
});

test('what was sent and not answered fits only the version that it was decided on', () => {
  const late = lateWrites();
  late.settled('a');
  late.sending('a', '1');
  expect(late.mayCome('a', '1')).toBe(true);
  expect(late.mayCome('a', '2')).toBe(false);
});

test('a refusal is about the last of what was sent', () => {
  const late = lateWrites();
  late.sending('a', '1')();
  // a leader before may have written all the same
  expect(late.mayCome('a', '1')).toBe(true);
  late.settled('a');
  late.sending('a', '1')();
  expect(late.mayCome('a', '1')).toBe(false);
  late.sending('a', '1');
  late.sending('a', '1')();
  expect(late.mayCome('a', '1')).toBe(true);
});
