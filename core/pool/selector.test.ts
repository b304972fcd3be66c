import { expect, it } from 'vitest';
import { selectorFault } from './selector.ts';

it.each([
  '',
  ' \t',
  'all()',
  ' all( ) ',
  'global()',
  'has(a)',
  'has( calico/k8s_NS-.1/role )',
  '!has(a)',
  '!! ! has(a)',
  "a == 'b'",
  'a=="b"',
  `a != '"'`,
  `a in {"'", '"', "c"}`,
  'a in {}',
  'a not in {"a","b",}',
  'a notin{"x"}',
  'a contains "b"',
  'contains contains"contains"',
  'a starts with "b" && a ends \t with "c"',
  'a startswith "b" || a endswith "b"',
  "in in {'in'} && not not in {'not'} && has not in {'x'} && all == 'x'",
  '!(!has(a) || (has(b)&&all()))',
  "kubernetes.io/os == 'linux' && topology.kubernetes.io/zone in {'a', 'b'}",
  "a == ''",
  "a == 'any \n text \u00e9'",
])('%j is a selector', (text) => expect(selectorFault(text)).toBeUndefined());

it.each([
  ['has(', 5, "a label must follow 'has('"],
  ['has()', 5, "a label must follow 'has('"],
  ['has(a', 6, "')' must close 'has('"],
  ['has(a b)', 7, "')' must close 'has('"],
  ['has("a")', 5, "a label must follow 'has('"],
  ['has (a)', 5, "'==', '!=', 'in', 'not in', 'contains', 'starts with' or 'ends with' must follow a label"],
  ['a', 2, "'==', '!=', 'in', 'not in', 'contains', 'starts with' or 'ends with' must follow a label"],
  ['a ==', 5, 'a text in quotes must stand here'],
  ['a == b', 6, 'a text in quotes must stand here'],
  ['a = "b"', 3, "'==', '!=', 'in', 'not in', 'contains', 'starts with' or 'ends with' must follow a label"],
  ['a == "b', 6, 'a text in quotes must stand here'],
  ['a == \'b"', 6, 'a text in quotes must stand here'],
  ['"a" == "b"', 1, "a label, 'has(', 'all()' or '(' must stand here"],
  ['a starts foo "b"', 3, "'==', '!=', 'in', 'not in', 'contains', 'starts with' or 'ends with' must follow a label"],
  ['a in "b"', 6, "'{' must stand here"],
  ['a in {b}', 7, "a text in quotes, ',' or '}' must stand here"],
  ['a in {"b" "c"}', 11, "a text in quotes, ',' or '}' must stand here"],
  ['a in {,}', 7, "a text in quotes, ',' or '}' must stand here"],
  ['all() &', 7, "'&&' or '||' must stand here, or nothing"],
  ['all() && ', 10, "a label, 'has(', 'all()' or '(' must stand here"],
  ['all() all()', 7, "'&&' or '||' must stand here, or nothing"],
  ['all', 4, "'==', '!=', 'in', 'not in', 'contains', 'starts with' or 'ends with' must follow a label"],
  ['!', 2, "a label, 'has(', 'all()' or '(' must stand here"],
  ['(', 2, "a label, 'has(', 'all()' or '(' must stand here"],
  ['()', 2, "a label, 'has(', 'all()' or '(' must stand here"],
  ['(all()', 7, "')' must close '('"],
  ['all())', 6, "'&&' or '||' must stand here, or nothing"],
  ['all()\n', 6, "'&&' or '||' must stand here, or nothing"],
  ['all(x)', 5, "')' must close 'all('"],
  ['%', 1, "a label, 'has(', 'all()' or '(' must stand here"],
  ['a==\u201cb\u201d', 4, 'a text in quotes must stand here'],
])('%j is none: character %d', (text, at, message) => expect(selectorFault(text)).toEqual({ at, message }));

it('is read to its end however deep it nests', () => {
  expect(selectorFault(`${'('.repeat(500)}all()${')'.repeat(500)}`)).toBeUndefined();
  expect(selectorFault('('.repeat(1024))?.at).toBe(1025);
});
