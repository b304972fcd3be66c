/**
 * A pool while it is edited, as a form and as YAML at once. The values lead: a form edit changes them and is written
 * into the text (comments and order stay); a text edit changes them as soon as the text can be read, and until then
 * the form keeps the last values and says where the text cannot be read.
 */
import { readManifests } from '../../core/calico/read.ts';
import { writePools } from '../../core/calico/write.ts';
import type { Pool, PoolSpec } from '../../core/pool/spec.ts';
import { setFields } from './yaml-edit.ts';

export interface Draft {
  values: Pool;
  text: string;
  /** why the text cannot be read; empty when form and text say the same */
  problems: readonly TextProblem[];
}

export interface TextProblem {
  line: number;
  field: string;
  message: string;
}

export const newPool: Pool = { name: '', spec: { cidr: '', natOutgoing: true } };

export const draftOf = (pool: Pool): Draft => ({ values: pool, text: writePools([pool], 'v3'), problems: [] });

export function editForm(draft: Draft, change: { name?: string; spec?: SpecChange }): Draft {
  const values: Pool = {
    name: change.name ?? draft.values.name,
    spec: change.spec === undefined ? draft.values.spec : withChange(draft.values.spec, change.spec),
  };
  return withValues(draft, values);
}

/** Other values in the same text, its comments kept. */
export const withValues = (draft: Draft, values: Pool): Draft => ({
  values,
  text: setFields(draft.text, values) ?? writePools([values], 'v3'),
  problems: [],
});

export function editText(draft: Draft, text: string): Draft {
  const { pools, errors } = readManifests([{ name: 'text', text }]);
  const [only] = pools;
  if (errors.length > 0) {
    return { ...draft, text, problems: errors.map(({ line, field, message }) => ({ line, field, message })) };
  }
  if (only === undefined || pools.length > 1) {
    const message = `text must hold exactly one pool: it holds ${pools.length}. Import takes many.`;
    return { ...draft, text, problems: [{ line: pools[1]?.line ?? 1, field: '', message }] };
  }
  return { values: only.pool, text, problems: [] };
}

/** Gives up what cannot be read: the text says again what the form says. */
export const rereadForm = (draft: Draft): Draft => draftOf(draft.values);

/** An undefined value takes the field out. */
export type SpecChange = { [K in keyof PoolSpec]?: PoolSpec[K] | undefined };

export function withChange(spec: PoolSpec, change: SpecChange): PoolSpec {
  const merged = Object.entries({ ...spec, ...change }).filter(([, value]) => value !== undefined);
  return { cidr: '', ...Object.fromEntries(merged) };
}
