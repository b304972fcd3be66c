/** What the log says of a change: what it was about, and what was before and after. */
import type { PoolField } from '../../../core/cluster/compare.ts';
import type { Taken } from '../../../core/cluster/taken.ts';
import { noSettings } from '../../../core/nat/settings.ts';
import type { Pool } from '../../../core/pool/spec.ts';
import { hostsMatter } from '../../../core/wire/revision.ts';
import type { Desired } from '../../db/desired.ts';
import type { Content } from './change-view.ts';
import type { Decision } from './decision.ts';

export function contentsOf(
  decision: Decision,
  desired: Desired,
  old: readonly Pool[],
): { before: Content | null; after: Content | null } {
  const upsert = [...(decision.upsert ?? [])];
  if (decision.before !== undefined) return { before: decision.before, after: decision.settings ?? upsert[0] ?? null };
  if (decision.follow !== undefined) return { before: decision.follow.before, after: decision.follow.after };
  switch (decision.action) {
    case 'settings.update':
    case 'settings.force':
      return { before: desired.settings, after: decision.settings ?? noSettings };
    case 'hosts.update':
      return {
        before: { hosts: hostsMatter(desired.settings) ? [...desired.hosts] : [] },
        after: { hosts: [...(decision.hosts ?? [])] },
      };
    case 'pool.import':
    case 'pool.adopt':
      return { before: [...old], after: upsert };
    default:
      return { before: old[0] ?? null, after: upsert[0] ?? null };
  }
}

/** An import of thousands must not make a target that no index and no line can hold; `pools` has all names. */
export function targetOf(decision: Decision, pools: readonly string[]): string {
  if (decision.settings !== undefined) return 'settings';
  if (decision.hosts !== undefined) return 'hosts';
  const names = [...pools, ...(decision.follow?.settings ?? []).map((name) => `FelixConfiguration ${name}`)];
  const rest = names.length - 3;
  return rest <= 0 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${rest} more`;
}

/**
 * A pool with the fields that the change lets go, takes back, or takes from others by force: `moved` has those that others decide,
 * before and after.
 */
export function told(
  pool: Pool,
  moved: { readonly was: readonly PoolField[]; readonly is: readonly PoolField[] } = { was: [], is: [] },
  taken: Taken[] = [],
): Pool & { letGo?: string[]; takenBack?: string[]; taken?: Taken[] } {
  const letGo = moved.is.filter((field) => !moved.was.includes(field));
  const back = moved.was.filter((field) => !moved.is.includes(field));
  return {
    ...pool,
    ...(letGo.length === 0 ? {} : { letGo }),
    ...(back.length === 0 ? {} : { takenBack: back }),
    ...(taken.length === 0 ? {} : { taken }),
  };
}
