import { expect, test } from 'vitest';
import { rangeText } from './range-text.ts';

test('a range that is a prefix reads as one, in both families', () => {
  expect(rangeText('10.0.0.0-10.0.0.255')).toBe('10.0.0.0/24');
  expect(rangeText('0.0.0.0-255.255.255.255')).toBe('0.0.0.0/0');
  expect(rangeText('fd00::-fd00::ffff')).toBe('fd00::/112');
});

test('any other range names its first and its last address', () => {
  expect(rangeText('10.0.0.1-10.0.0.2')).toBe('10.0.0.1 – 10.0.0.2');
  expect(rangeText('10.0.0.0-10.0.0.2')).toBe('10.0.0.0 – 10.0.0.2');
  expect(rangeText('192.0.2.7')).toBe('192.0.2.7');
});
