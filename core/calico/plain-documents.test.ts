import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { seeded } from '../net/fixtures/seeded.ts';
import { type PlainDocument, plainDocuments } from './plain-documents.ts';
import { readManifests } from './read.ts';

const plainOf = (text: string): { documents: PlainDocument[]; rest: string } => {
  const reading = plainDocuments(text);
  const documents: PlainDocument[] = [];
  for (;;) {
    const next = reading.next();
    if (next.done) return { documents, rest: text.slice(next.value.offset) };
    documents.push(next.value);
  }
};
const values = (text: string): unknown[] => plainOf(text).documents.map(({ value }) => value);

describe('plain documents', () => {
  it('are maps, lists of words, and words', () => {
    const text = `apiVersion: projectcalico.org/v3
metadata:
  name: a-1
spec:
  cidr: fd00:0::/48
  blockSize: 122
  disabled: false
  nodeSelector: "zone == 'a: b # c'"
  allowedUses:
    - Workload
    - "Tunnel"
  none: []
more: x
---
a:
- b
c: d
`;
    expect(plainOf(text)).toMatchObject({ documents: [{ line: 1 }, { line: 15 }], rest: '' });
    expect(values(text)).toEqual([
      {
        apiVersion: 'projectcalico.org/v3',
        metadata: { name: 'a-1' },
        spec: {
          cidr: 'fd00:0::/48',
          blockSize: 122,
          disabled: false,
          nodeSelector: "zone == 'a: b # c'",
          allowedUses: ['Workload', 'Tunnel'],
          none: [],
        },
        more: 'x',
      },
      { a: ['b'], c: 'd' },
    ]);
  });

  it.each([
    'a: yes',
    'a: null',
    'a: 026',
    'a: 1.0',
    'a: 2001-01-01',
    'a: "\\n"',
    "a: 'b'",
    'a: b c',
    'a: b # c',
    'a: b\r',
    'a: b ',
    'a:',
    'a:\n  b',
    'a: b\n  c',
    'a: b\n\nc: d',
    'a: b\na: c',
    'a:\n  b: c\n d: e',
    ' a: b',
    'a: &b c',
    'a: *b',
    'a: !!str b',
    'a: {}',
    'a: |\n  b',
    '- a',
    '{"a": 1}',
    'a:\n  - b: c',
    'true: a',
    'a: b\n...',
    '# a',
    '%YAML 1.2',
    '',
    Array.from({ length: 101 }, (_, i) => `a${i}: b`).join('\n'),
  ])('are not %j', (text) => {
    expect(plainOf(`first: one\n---\n${text}\n---\nlast: one\n`)).toMatchObject({
      documents: [{ value: { first: 'one' } }],
      rest: `---\n${text}\n---\nlast: one\n`,
    });
  });

  it('say what the parser of all of YAML says, whatever lines they are of', () => {
    const random = seeded(1);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
    const starts = [
      'a:',
      'a:',
      'b:',
      'c:',
      'd:',
      'a: b',
      'b: true',
      'c: 0',
      'd: "e f"',
      'e: 10.0.0.0/8',
      'f: []',
      '- b',
      '- 7',
      '---',
    ];
    const odd = [
      'null: b',
      'a: on',
      'a: ~',
      'a: ""',
      'a: 1:2',
      'b: -',
      '- a: b',
      'a: b: c',
      '- ',
      '',
      '-',
      'a',
      '# a',
      '... ',
    ];
    const line = (): string => `${' '.repeat(pick([0, 0, 0, 2, 2, 4, 1]))}${pick(random() < 0.9 ? starts : odd)}`;
    let read = 0;
    for (let i = 0; i < 20_000; i++) {
      const text = Array.from({ length: pick([1, 2, 3, 4, 5, 6]) }, line).join('\n');
      const { documents, rest } = plainOf(text);
      if (documents.length === 0) continue;
      read += documents.length;
      const parsed = parseAllDocuments(text.slice(0, text.length - rest.length), { stringKeys: true, strict: true });
      const said = 'empty' in parsed ? [] : parsed.map((one) => [[...one.errors, ...one.warnings], one.toJS()]);
      expect(
        documents.map(({ value }) => [[], value]),
        text,
      ).toEqual(said);
    }
    expect(read).toBeGreaterThan(1000);
  });

  it('are placed where they are, and so is what follows them', () => {
    const pool = (name: string, more: string): string =>
      `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: ${name}\nspec:\n  cidr: 10.0.0.0/8\n${more}`;
    const odd = '  blockSize: "026"\n  oops: a\n';
    const text = [pool('a', ''), pool('b', odd), pool('c', ''), pool('d', '  # d\n'), pool('e', odd)].join('---\n');
    const found = readManifests([{ name: 'f', text }]);
    expect(found.pools.map(({ pool: { name }, document, line }) => [name, document, line])).toEqual([
      ['a', 1, 1],
      ['c', 3, 17],
      ['d', 4, 24],
    ]);
    expect(found.errors.map(({ document, line, field }) => [document, line, field])).toEqual([
      [2, 14, 'spec.blockSize'],
      [2, 15, 'spec.oops'],
      [2, 14, 'spec.blockSize'],
      [5, 38, 'spec.blockSize'],
      [5, 39, 'spec.oops'],
      [5, 38, 'spec.blockSize'],
    ]);
  });
});
