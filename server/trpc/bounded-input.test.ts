/** What a procedure takes is bounded by its schema: each text has a longest, each list a most. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { appRouter } from './router.ts';

interface Procedure {
  readonly _def: { readonly inputs: readonly z.ZodType[] };
}
type Json = { readonly [key: string]: unknown };

/** Bounded otherwise: the rules for settings (N1-N8) take no value that is long, and a cursor has a form. */
const elsewhere = /^settings\.(update|preview) settings\.(global|nodes\.\*)\.|^changes\.list cursor$/;

/** Places in a JSON schema where a text or a list may be of any length. */
function unbounded(schema: Json, at: string): string[] {
  const { type, enum: words, const: only, format, maxLength, maxItems } = schema;
  const free =
    type === 'string' ? [words, only, format, maxLength] : type === 'array' ? [maxItems] : ['something else'];
  const inner = [
    ...Object.entries((schema['properties'] ?? {}) as Record<string, Json>).map(([name, one]) => [one, `.${name}`]),
    ...((schema['anyOf'] ?? schema['oneOf'] ?? []) as Json[]).map((one) => [one, '']),
    ...(type === 'array' ? [[schema['items'] ?? {}, '[]']] : []),
    ...(typeof schema['additionalProperties'] === 'object' ? [[schema['additionalProperties'], '.*']] : []),
  ] as [Json, string][];
  return [
    ...(free.every((bound) => bound === undefined) ? [at] : []),
    ...inner.flatMap(([one, name]) => unbounded(one, `${at}${at.endsWith(' ') ? name.slice(1) : name}`)),
  ];
}

it('no text and no list of an input may be of any length', () => {
  const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>);
  const found = procedures.flatMap(([path, { _def }]) =>
    _def.inputs.flatMap((input) =>
      unbounded(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Json, `${path} `),
    ),
  );
  expect(procedures.length).toBeGreaterThan(25);
  expect(found.filter((place) => !elsewhere.test(place))).toEqual([]);
});
