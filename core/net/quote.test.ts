import { expect, it } from 'vitest';
import { quote } from './quote.ts';

it.each<[unknown, string]>([
  ['10.0.0.0/8', "'10.0.0.0/8'"],
  ['', "''"],
  [26.5, '26.5'],
  [null, 'null'],
  [undefined, 'undefined'],
  [10n, '(bigint)'],
  [['a', 1], '["a",1]'],
  ['a\nb\u001b[31m', "'a\\u000ab\\u001b[31m'"],
  ['a\u202eb', "'a\\u202eb'"], // would turn the line around
  ['\ud800', "'\\ud800'"],
  ['x'.repeat(500), `'${'x'.repeat(80)}...'`],
])('quotes case %$', (value, expected) => {
  expect(quote(value)).toBe(expected);
});
