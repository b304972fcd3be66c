/** What every Kubernetes object has, and small readers for it. */
import { quote } from '../net/quote.ts';
import type { FieldError } from '../pool/shape.ts';

export type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

/** One error for every field that is not known: a misspelt `sepc` must not be ignored. */
export function unknownFields(object: Fields, known: readonly string[], prefix: string, what: string): FieldError[] {
  return Object.keys(object)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      field: `${prefix}${key}`,
      message: `${what} must have only the fields ${known.join(', ')}: ${quote(key)}`,
    }));
}

export const objectFields = ['apiVersion', 'kind', 'metadata', 'spec', 'status'] as const;
