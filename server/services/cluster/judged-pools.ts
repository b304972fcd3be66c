/** What the pools of the cluster break, and what becomes of traffic from those that share addresses: of thousands not judged for each who asks. */
import { createHash } from 'node:crypto';
import { type SharedSource, sharedSources } from '../../../core/nat/shared-source.ts';
import type { Pool, Violation } from '../../../core/pool/spec.ts';
import { validatePools } from '../../../core/pool/validate.ts';
import type { StateCache } from '../../state/state-cache.ts';

interface Judged {
  readonly violations: ReadonlyMap<string, readonly Violation[]>;
  /** of those that are left out their own field decides */
  readonly shared: ReadonlyMap<string, SharedSource>;
}

/** What was found last, and of which pools. */
const found = new WeakMap<StateCache, Judged & { readonly of: string }>();

export function judgedPools(effective: StateCache, pools: readonly Pool[]): Judged {
  const of = createHash('sha256').update(JSON.stringify(pools)).digest('base64');
  const last = found.get(effective);
  if (last?.of === of) return last;
  const judged = { of, violations: validatePools(pools), shared: sharedSources(pools) };
  found.set(effective, judged);
  return judged;
}
