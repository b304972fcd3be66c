import { expect, test } from 'vitest';
import { diffLines } from './diff-lines.ts';

const marks = (before: string, after: string): string[] =>
  diffLines(before, after).map(({ kind, text }) => `${{ same: ' ', removed: '-', added: '+' }[kind]}${text}`);

test('a changed line stands as removed, then added, between what stayed', () => {
  expect(marks('a\nb\nc\n', 'a\nx\nc\n')).toEqual([' a', '-b', '+x', ' c']);
});

test('an empty side is a whole creation or deletion', () => {
  expect(marks('', 'a\nb\n')).toEqual(['+a', '+b']);
  expect(marks('a\nb\n', '')).toEqual(['-a', '-b']);
  expect(marks('', '')).toEqual([]);
});

test('lines keep their numbers on both sides', () => {
  expect(diffLines('a\nb\n', 'x\na\nb\n')).toEqual([
    { kind: 'added', text: 'x', before: null, after: 1 },
    { kind: 'same', text: 'a', before: 1, after: 2 },
    { kind: 'same', text: 'b', before: 2, after: 3 },
  ]);
});
