import { expect, it } from 'vitest';
import { z } from 'zod';
import { listOf } from './list-of.ts';

const schema = z.object({
  rows: listOf(z.object({ name: z.string().transform((name) => `<${name}>`), to: listOf(z.int()) })),
});
const issuesOf = (value: unknown) => schema.safeParse(value).error?.issues.map(({ path }) => path.join('.'));

it('is what it is a list of, however long', () => {
  const rows = Array.from({ length: 2_500 }, (_, i) => ({ name: String(i), to: [i] }));
  expect(schema.parse({ rows })).toEqual({ rows: rows.map(({ name, to }) => ({ name: `<${name}>`, to })) });
  expect(schema.parse({ rows: [] })).toEqual({ rows: [] });
});

it('says where something is wrong, and of a million things that are of the first', () => {
  const row = { name: 'a', to: [] };
  expect(issuesOf({ rows: [...Array(1_200).fill(row), 7, { name: 'b', to: [1, 'x'] }] })).toEqual([
    'rows.1200',
    'rows.1201.to.1',
  ]);
  expect(issuesOf({ rows: 7 })).toEqual(['rows']);
  expect(issuesOf({ rows: Array(2_000_000).fill(0) })).toEqual(Array.from({ length: 100 }, (_, i) => `rows.${i}`));
});
