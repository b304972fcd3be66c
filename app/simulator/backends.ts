/** The backends of a service side by side: one row each, one column a truth. */
import type { TruthAnswer } from './answers.ts';

export interface Backend {
  pod: string | null;
  address: string;
  port: number | null;
  node: string | null;
  answers: TruthAnswer[];
  agree: boolean | null;
}

export interface BackendColumn {
  name: string;
  answers: readonly (TruthAnswer | undefined)[];
}

/** Desired and live in one column where every backend has the same from both. */
export function backendColumns(backends: readonly Backend[]): BackendColumn[] {
  const [first] = backends;
  if (first === undefined) return [];
  const columns = first.answers.map(({ truth, node }, i) => ({
    name: truth === 'desired' ? 'Desired' : truth === 'live' ? 'Live' : `${node}, programmed`,
    answers: backends.map(({ answers }) => answers[i]),
  }));
  const [desired, live, ...rest] = columns;
  if (desired === undefined || live?.name !== 'Live') return columns;
  const same = desired.answers.every((answer, i) => answer?.code === live.answers[i]?.code);
  return same ? [{ ...desired, name: 'Desired and live' }, ...rest] : columns;
}

/** "3 backends; desired: 1 NATed, 2 not NATed". */
export function backendWords(backends: readonly Backend[], more: number): string {
  const words = { SNAT: 'NATed', NO_SNAT: 'not NATed', INDETERMINATE: 'cannot be told' } as const;
  const counts = (['SNAT', 'NO_SNAT', 'INDETERMINATE'] as const)
    .map((verdict) => ({ verdict, count: backends.filter(({ answers }) => answers[0]?.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${words[verdict]}`);
  const total = `${backends.length} backend${backends.length === 1 ? '' : 's'}`;
  return `${total}; desired: ${counts.join(', ')}${more === 0 ? '' : `; ${more.toLocaleString('en')} more are not listed`}`;
}
