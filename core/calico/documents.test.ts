import { describe, expect, it } from 'vitest';
import { readDocuments } from './documents.ts';
import { readManifests } from './read.ts';

const read = (text: string) => {
  const all = [...readDocuments('f', text)];
  return { items: all.filter((one) => 'value' in one), errors: all.filter((one) => 'message' in one) };
};
const errors = (text: string): string[] =>
  read(text).errors.map(({ document, line, message }) => `${document}:${line} ${message}`);

describe('text that is not what it seems', () => {
  it.each([
    ['duplicate keys', 'a: 1\nb: 2\na: 3\n', "1:3 document must be valid YAML or JSON: Map keys must be unique: 'a'"],
    [
      'duplicate keys in JSON',
      '{"a": 1,\n"a": 2}',
      "1:2 document must be valid YAML or JSON: Map keys must be unique: 'a'",
    ],
    ['tabs', 'a:\n\tb: 1\n', '1:2 document must be valid YAML or JSON: Tabs are not allowed as indentation'],
    ['an unknown tag', 'a: !!python/object x\n', /^1:1 document must be valid YAML or JSON: Unresolved tag/],
    ['keys that are no text', '? [a]\n: 1\n', /^1:1 document must be valid YAML or JSON: .*keys must be strings/],
    ['an alias without anchor', 'a: *b\n', /^1:1 document must be valid YAML or JSON: .*[Uu]nresolved alias/],
    ['an alias of itself', 'a: &a\n  b: *a\n', '1:1 document must not hold an alias of something around it'],
    ['an open quote', 'ok: 1\n---\na: "b\n', /^2:\d document must be valid YAML or JSON: /],
    ['cut JSON', '{"a": {"b": 1}', /^1:1 document must be valid YAML or JSON: /],
    ['NUL', 'a: 1\nb: \0\n', "0:2 file must be text without control characters: '\\u0000'"],
    ['a binary', '\u007fELF\u0002\u0001', "0:1 file must be text without control characters: '\\u007f'"],
  ])('%s', (_, text, expected) => {
    const found = errors(text);
    expect(found[0]).toMatch(typeof expected === 'string' ? literal(expected) : expected);
    expect(read(text).items.filter(({ document }) => found.some((one) => one.startsWith(`${document}:`)))).toEqual([]);
  });

  it('gives the good documents beside the bad one', () => {
    const { items, errors: found } = read('a: 1\n---\nb: [\n---\nc: 1\n');
    expect(found.length).toBeGreaterThan(0);
    expect(items.map(({ value }) => value)).toContainEqual({ a: 1 });
  });

  it('gives up a document of too many words, and counts each document for itself', () => {
    const limited = (text: string) =>
      [...readDocuments('f', text, 40)].map((one) => ('value' in one ? one.value : one));
    expect(limited('a: 1\n---\n'.repeat(20))).toHaveLength(20);
    expect(limited(`a: 1\n---\nb: [\n  ${'0, '.repeat(20)}]\n---\nc: 1\n`)).toEqual([
      { a: 1 },
      { file: 'f', document: 2, line: 4, field: '', message: 'document must have at most 40 words and signs' },
    ]);
  });

  it('reads YAML 1.2: yes, on and 1:30 are text', () => {
    expect(read('a: yes\nb: on\nc: 1:30\nd: 2001-01-01\n').items[0]?.value).toEqual({
      a: 'yes',
      b: 'on',
      c: '1:30',
      d: '2001-01-01',
    });
  });

  it('keeps keys that mean something to JavaScript as keys', () => {
    const value = read('__proto__: {x: 1}\n').items[0]?.value;
    expect(Object.keys(value ?? {})).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

/** Tenths of a second on a free machine; minutes if anything were quadratic. */
const SECONDS_10 = 10_000;

describe('hostile text costs little', () => {
  const quick = (text: string): string[] => {
    const start = performance.now();
    const found = errors(text);
    expect(performance.now() - start).toBeLessThan(SECONDS_10);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(50);
    return found;
  };

  it.each(['[', '{a: ', '- ', '? ', 'a: ', '[{', '{"a":['])('1 MB of %j', (text) => {
    quick(text.repeat(1_000_000 / text.length));
  });

  it.each([
    ['fields', `${Array.from({ length: 30_000 }, (_, i) => `  k${i}: 1`).join('\n')}\n`],
    ['uses', `  allowedUses:\n${'  - x\n'.repeat(30_000)}`],
  ])('a pool with very many %s', (_, spec) => {
    const text = `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: a\nspec:\n  cidr: 10.0.0.0/8\n${spec}`;
    const start = performance.now();
    const found = readManifests([{ name: 'f', text }]).errors;
    expect(performance.now() - start).toBeLessThan(SECONDS_10);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThanOrEqual(51);
  });

  it('very many pools of which each has many unknown fields', () => {
    const unknown = Array.from({ length: 90 }, (_, i) => `  k${i}: x\n`).join('');
    const pool = `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: a\nspec:\n  cidr: 10.0.0.0/8\n${unknown}`;
    const text = Array.from({ length: 100 }, () => pool).join('---\n');
    const start = performance.now();
    const found = readManifests([{ name: 'f', text }]).errors;
    expect(performance.now() - start).toBeLessThan(SECONDS_10);
    expect(found.slice(-2).map(({ document, line }) => [document, line])).toEqual([
      [100, 99 * 97 + 56],
      [100, 99 * 97 + 1],
    ]);
  });

  it('deep indentation', () => {
    expect(quick(Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'))).toEqual([
      expect.stringMatching(/^1:\d+ document must be nested at most 64 levels deep$/),
    ]);
  });

  it('but 30 levels are fine', () => {
    expect(errors(Array.from({ length: 30 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'))).toEqual([]);
    expect(errors(`${'[{"a":'.repeat(15)}1${'}]'.repeat(15)}`)).toEqual([]);
  });

  it('an alias bomb', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++)
      lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
    expect(quick(`${lines.join('\n')}\n`)[0]).toMatch(/Excessive alias count/);
  });

  it('a megabyte of noise', () => {
    let state = 7;
    const noise = Array.from({ length: 1_200_000 }, () => {
      state = (state * 48271) % 2147483647;
      return String.fromCharCode(32 + (state % 95));
    });
    for (const text of [noise.join(''), noise.map((c, i) => (i % 40 === 0 ? '\n' : c)).join('')]) {
      const start = performance.now();
      const found = readManifests([{ name: 'f', text }]);
      expect(performance.now() - start).toBeLessThan(SECONDS_10);
      expect(found.errors.length).toBeGreaterThan(0);
      expect(found.errors.length).toBeLessThan(50);
    }
  });
});

const literal = (text: string): RegExp => new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
