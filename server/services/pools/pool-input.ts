/** Pools as they come in: shape errors become input errors, and what is stored is canonical. */
import { z } from 'zod';
import { formatPrefix, parsePrefix } from '../../../core/net/prefix.ts';
import { parsePoolSpec } from '../../../core/pool/shape.ts';
import { type Pool, type PoolSpec, poolNameSchema } from '../../../core/pool/spec.ts';

/** A spec whose fields have the right types; whether the rules hold is asked later. */
export const specInputSchema = z.custom<PoolSpec>().transform((input, context) => {
  const parsed = parsePoolSpec(input);
  if (parsed.ok) return parsed.value;
  for (const { field, message } of parsed.errors) {
    const path = field.replace(/^spec\.?/, '');
    context.addIssue({ code: 'custom', message, path: path === '' ? [] : [path], input });
  }
  return z.NEVER;
});
export const poolInputSchema = z.strictObject({ name: poolNameSchema, spec: specInputSchema });

/** Some fifty thousand pools. */
export const yamlSchema = z.string().max(8_000_000, 'yaml must have at most 8,000,000 characters');

/** Addresses are compared as addresses everywhere: one text for each of them. A CIDR that cannot be read stays as it is. */
export function canonicalPool({ name, spec }: Pool): Pool {
  const parsed = parsePrefix(spec.cidr);
  return { name, spec: parsed.ok ? { ...spec, cidr: formatPrefix(parsed.value) } : spec };
}

/** The CIDRs that can be read, canonical or not. */
export const readableCidrs = (pools: readonly Pool[]): string[] =>
  pools.flatMap(({ spec }) => (parsePrefix(spec.cidr).ok ? [spec.cidr] : []));

/** True if they say the same, field by field (a field that is absent is not the same as its default). */
export function sameSpec(a: PoolSpec, b: PoolSpec): boolean {
  const text = (spec: PoolSpec): string =>
    JSON.stringify(Object.entries(spec).sort(([one], [other]) => (one < other ? -1 : 1)));
  return text(a) === text(b);
}
