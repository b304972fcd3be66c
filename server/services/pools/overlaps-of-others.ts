/** Pools of the cluster that are not ours and share addresses with one of ours: nothing here can keep them from it (C17). */
import { indexOverlaps, type OverlapIndex } from '../../../core/pool/overlap.ts';
import type { Pool } from '../../../core/pool/spec.ts';
import { subjectOf } from '../../../core/pool/subject.ts';
import { MOST_OVERLAPS } from '../../../core/pool/validate.ts';
import type { Overlaps } from '../../db/pools.ts';
import type { StateCache } from '../../state/state-cache.ts';
import type { Deps } from '../deps.ts';

/** What was found last, by what the cluster says, and where the pools of both stood then. */
const found = new WeakMap<StateCache, { readonly of: string; readonly index: OverlapIndex | null }>();

export interface OverlapsOfOthers extends Overlaps {
  /** `first` are MOST_OVERLAPS of them */
  readonly all: readonly Pool[];
}

/**
 * Of a pool of ours, or one that is about to be. `drafts` are the names of those that are about to be: they are no others. Without a
 * cluster there are none.
 */
export function overlapsOfOthers(
  { state, effective }: Pick<Deps, 'state' | 'effective'>,
  drafts: ReadonlySet<string> = new Set(),
): (pool: Pool) => OverlapsOfOthers {
  const index = indexOf(state, effective);
  const known = new Map<string, readonly Pool[]>();
  return ({ name, spec }) => {
    if (index === null) return { all: [], first: [], count: 0 };
    const all =
      known.get(spec.cidr) ??
      [...index.of(subjectOf({ name, spec }))]
        .filter((other) => !drafts.has(other.name))
        // the index is as old as their places: what else they say may have changed since
        .flatMap((other) => effective.pool(other.name) ?? []);
    known.set(spec.cidr, all);
    return { all, first: all.slice(0, MOST_OVERLAPS), count: all.length };
  };
}

function indexOf(state: StateCache, effective: StateCache): OverlapIndex | null {
  if (effective === state) return null;
  const of = `${effective.placement} ${state.placement}`;
  const last = found.get(effective);
  if (last?.of === of) return last.index;
  const others = effective.pools().filter(({ name }) => state.pool(name) === undefined);
  const index = others.length === 0 ? null : indexOverlaps(others.map(subjectOf));
  found.set(effective, { of, index });
  return index;
}
