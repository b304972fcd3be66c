/** What is read here must be what the library reads, and what is not plain must be left to it. */
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type PlainDocument, plainDocuments } from './plain-documents.ts';
import { readManifests } from './read.ts';
import { writePools } from './write.ts';

function plain(text: string): { found: PlainDocument[]; end: number; lines: number } {
  const reader = plainDocuments(text);
  const found: PlainDocument[] = [];
  let next = reader.next();
  for (; !next.done; next = reader.next()) found.push(next.value);
  return { found, ...next.value };
}
const byLibrary = (text: string): unknown[] =>
  parseAllDocuments(text, { strict: true, stringKeys: true }).map((document) => {
    if (document.errors.length + document.warnings.length > 0) throw new Error('not YAML');
    return document.toJS() as unknown;
  });

const spec = { cidr: '10.1.0.0/16', natOutgoing: true };
const pools = [
  { name: 'a', spec },
  { name: 'b.c-1', spec: { cidr: 'fd00:1::/64', blockSize: 122, nodeSelector: 'all()', allowedUses: [] } },
  {
    name: '1.2',
    spec: { ...spec, nodeSelector: "zone == 'a'", allowedUses: ['Workload' as const, 'Tunnel' as const] },
  },
  { name: 'no', spec: { ...spec, disabled: true, nodeSelector: '' } },
];

it('reads what we write, each from its line', () => {
  const text = writePools(pools, 'v3');
  const { found, end } = plain(text);
  expect(found.map(({ value }) => value)).toEqual(byLibrary(text));
  expect(end).toBe(text.length);
  const lines = text.split('\n');
  expect(found.map(({ line }) => lines[line - 1])).toEqual(pools.map(() => 'apiVersion: projectcalico.org/v3'));
});

it.each([
  'a: b\n',
  '---\na: 1\n---\nb: 0\n',
  'a:\n  b:\n    c: d\n  e: f\ng: true\n',
  'a:\n- b\n- c\nd: e\n',
  'a:\n  - "b: c # d"\n  - 10.0.0.0/8\nd: false\n',
  `a: ''\nb: "it's"\nc: '"\\'\nd: " "\n`,
  'app.kubernetes.io/name: x\n',
  'a:\n    b: c\n    d:\n        - e\nf: []\n',
  'a: b-c_d(e)/f.g\n',
])('reads %j as the library does', (text) => {
  const { found, end } = plain(text);
  expect(found.map(({ value }) => value)).toEqual(byLibrary(text));
  expect(end).toBe(text.length);
});

it.each([
  ['no end of line', 'a: b'],
  ['nothing', ''],
  ['a value that goes on', 'a: b\n  c\n'],
  ['a value that goes on like a key', 'a: b\n  c: d\n'],
  ['no value', 'a:\nb: c\n'],
  ['no value at the end', 'a: b\nc:\n'],
  ['a comment', 'a: b # c\n'],
  ['a line of comment', '# a\nb: c\n'],
  ['a blank line', 'a: b\n\nc: d\n'],
  ['a blank after it', 'a: b \n'],
  ['a tab', 'a:\tb\n'],
  ['Windows', 'a: b\r\n'],
  ['a return in quotes', 'a: "b\rc"\n'],
  ['an escape', 'a: "b\\n"\n'],
  ['two quotes', "a: 'b''c'\n"],
  ['a word of other readers', 'a: yes\n'],
  ['a key of other readers', 'no: b\n'],
  ['nothing in other words', 'a: null\n'],
  ['another boolean', 'a: True\n'],
  ['leading zeros', 'a: 026\n'],
  ['a fraction', 'a: 1.5\n'],
  ['a negative number', 'a: -1\n'],
  ['a number too long', 'a: 12345678901234567\n'],
  ['a date', 'a: 2001-01-01\n'],
  ['an anchor', 'a: &b c\n'],
  ['an alias', 'a: *b\n'],
  ['a tag', 'a: !!str b\n'],
  ['a block', 'a: |\n  b\n'],
  ['a flow map', 'a: {b: c}\n'],
  ['JSON', '{"a": "b"}\n'],
  ['a list of maps', 'a:\n  - b: c\n'],
  ['a list at the top', '- a\n'],
  ['a list in a list', 'a:\n  - - b\n'],
  ['a list that is no value', 'a: b\n- c\n'],
  ['items of two indentations', 'a:\n  - b\n - c\n'],
  ['keys of two indentations', 'a:\n  b: c\n d: e\n'],
  ['a map after a list', 'a:\n  - b\n  c: d\n'],
  ['a key twice', 'a: b\na: c\n'],
  ['a first key further in', '  a: b\n'],
  ['what means something to JavaScript', '__proto__:\n  a: b\n'],
  ['deep nesting', `${Array.from({ length: 7 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')}${' '.repeat(7)}a: b\n`],
  ['a long document', `a:\n${'  - b\n'.repeat(1000)}`],
  ['a directive', '%YAML 1.2\n---\na: b\n'],
  ['the end of a document', 'a: b\n...\n'],
  ['a separator with more', 'a: b\n--- c\n'],
  ['a mark of byte order', '\ufeffa: b\n'],
])('leaves to the library: %s', (_, text) => {
  expect(plain(text)).toEqual({ found: [], end: 0, lines: 0 });
});

it('what comes after plain documents is read by the library, from its document and line', () => {
  const text = writePools(pools, 'v3');
  const count = text.split('\n').length - 1;
  const { pools: read, errors } = readManifests([
    { name: 'f', text: `${text}---\n# more\nkind: IPPool\nmetadata: {name: d}\n---\na: [\n` },
  ]);
  expect(read.map(({ pool }) => pool.name)).toEqual(pools.map(({ name }) => name));
  expect(errors).toMatchObject([
    { document: 5, line: count + 3, field: 'apiVersion' },
    { document: 6, line: expect.any(Number), field: '' },
  ]);
  expect(errors[1]?.line).toBeGreaterThan(count + 5);
});

it('names the line of a field in a plain document', () => {
  const bad = { name: 'x', spec: { cidr: 'fd00::/64', blockSize: 1 } };
  const text = `${writePools(pools, 'v3')}---\n${writePools([bad], 'v3').replace('blockSize', 'blocksize')}`;
  const line = text.split('\n').findIndex((one) => one.includes('blocksize')) + 1;
  expect(readManifests([{ name: 'f', text }]).errors).toMatchObject([{ document: 5, line, field: 'spec.blocksize' }]);
});

it('of thousands of documents made at random, takes those that it reads as the library does', () => {
  let state = 11;
  const pick = <T>(all: readonly T[]): T => {
    state = (state * 48271) % 2147483647;
    return all[state % all.length] as T;
  };
  const words = [
    'a',
    'b',
    '1',
    '0',
    'no',
    'x/y',
    "'q'",
    '"q"',
    '[]',
    '- a',
    '- ',
    'a:',
    'a: b',
    '',
    ' ',
    '10.0.0.0/8',
    'a:b',
  ];
  let taken = 0;
  for (let i = 0; i < 20_000; i++) {
    const lines = Array.from(
      { length: 1 + (i % 4) },
      () =>
        `${pick(['', '', '  ', '  ', ' '])}${pick(['a', 'b', 'c', '-', ''])}${pick([': ', ': ', ': ', ':', ' ', ''])}${pick(words)}`,
    );
    const text = `${lines.join('\n')}\n`;
    const { found } = plain(text);
    if (found.length === 0) continue;
    taken++;
    expect([text, found.map(({ value }) => value)]).toEqual([text, byLibrary(text)]);
  }
  expect(taken).toBeGreaterThan(300);
});
