/** Reads a pool spec from anywhere (YAML, a form, an API call): types and known fields, every problem at once. */
import type { z } from 'zod';
import { quote } from '../net/quote.ts';
import { type PoolSpec, poolNameSchema, poolSpecSchema } from './spec.ts';

export interface FieldError {
  /** as users write it: `spec.natOutgoing`, `spec.allowedUses[1]` */
  readonly field: string;
  readonly message: string;
}
export type Shaped<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: FieldError[] };

/**
 * Never throws. A missing CIDR is no error of shape but a violation of the rule `-`: it is read as ''. Messages say
 * what must hold and quote the value.
 */
export function parsePoolSpec(input: unknown): Shaped<PoolSpec> {
  if (!isRecord(input)) {
    const message =
      input === undefined || input === null ? 'spec must be given' : `spec must be an object: ${quote(input)}`;
    return { ok: false, errors: [{ field: 'spec', message }] };
  }
  const parsed = poolSpecSchema.safeParse({ ...input, cidr: input['cidr'] ?? '' });
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, errors: parsed.error.issues.flatMap((issue) => problemsOf(issue, input)) };
}

export function parsePoolName(input: unknown): Shaped<string> {
  if (typeof input !== 'string' || input === '') {
    const message =
      input === undefined || input === null || input === ''
        ? 'name must be given'
        : `name must be text: ${quote(input)}`;
    return { ok: false, errors: [{ field: 'metadata.name', message }] };
  }
  const parsed = poolNameSchema.safeParse(input);
  if (parsed.success) return { ok: true, value: parsed.data };
  return {
    ok: false,
    errors: parsed.error.issues.map(({ message }) => ({
      field: 'metadata.name',
      message: `${message}: ${quote(input)}`,
    })),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
const knownFields = new Map(Object.keys(poolSpecSchema.shape).map((field) => [plain(field), field]));

function problemsOf(issue: z.core.$ZodIssue, input: Record<string, unknown>): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: `spec.${key}`, message: unknownField(key) }));
  }
  const path = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  const value = issue.path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown>)?.[part], input);
  const name = path.slice(1);
  return [{ field: `spec${path}`, message: `${name} must ${mustBe(issue)}: ${quote(value)}` }];
}

function unknownField(key: string): string {
  const near = knownFields.get(plain(key));
  return `spec must have only fields of an IPPool${near === undefined ? '' : ` (did you mean '${near}'?)`}: ${quote(key)}`;
}

function mustBe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value')
    return `be one of ${issue.values.map((value) => `'${String(value)}'`).join(', ')}`;
  if (issue.code === 'too_big' && issue.origin === 'string') return `be at most ${issue.maximum} characters long`;
  if (issue.code === 'too_big' && issue.origin === 'array') return `have at most ${issue.maximum} items`;
  if (issue.code === 'too_big' || issue.code === 'too_small') return 'be a whole number';
  if (issue.code === 'custom') return issue.message;
  return issue.code === 'invalid_type' ? `be ${typeNames[issue.expected] ?? issue.expected}` : 'be valid';
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a whole number',
  array: 'a list',
};
