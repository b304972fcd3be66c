/** What a name that is being typed may become. */
import { complete, type Suggestion } from '../../../core/names/complete.ts';
import type { EndKind } from '../../../core/names/read-end.ts';
import type { Deps } from '../deps.ts';
import { unknownWords } from './resolve-ends.ts';

export interface Completion {
  readonly suggestions: Suggestion[];
  /** what of the names is not known, in words; empty without a cluster, which has none */
  readonly unknown: string[];
}

/** Best first, at most `limit`. */
export function completeName({ cluster }: Deps, text: string, limit: number, kinds: readonly EndKind[]): Completion {
  if (cluster === null) return { suggestions: [], unknown: [] };
  const { directory, known } = cluster.names;
  const unknown = (['pods', 'services', 'nodes'] as const).map(known).filter(({ phase }) => phase !== 'live');
  return { suggestions: complete(directory, text, limit, kinds), unknown: unknown.map(unknownWords) };
}
