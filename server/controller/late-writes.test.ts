import { expect, test } from 'vitest';
import { lateWrites } from './late-writes.ts';

test('of an object that this term has not settled, a leader before may have written', () => {
  const late = lateWrites();
  expect(late.mayCome('a', '1')).toBe(true);
  late.answered('a');
  expect(late.mayCome('a', '1')).toBe(false);
  expect(late.mayCome('b', '1')).toBe(true);
});

test('what was sent and not answered fits only the version that it was decided on', () => {
  const late = lateWrites();
  late.sending('a', '1');
  expect(late.mayCome('a', '1')).toBe(true);
  expect(late.mayCome('a', '2')).toBe(false);
});

test('a refusal says nothing of what a leader before sent', () => {
  const late = lateWrites();
  late.sending('a', '1');
  late.refused('a');
  expect(late.mayCome('a', '1')).toBe(true);
  late.answered('a');
  late.sending('a', '1');
  late.refused('a');
  expect(late.mayCome('a', '1')).toBe(false);
});
