/** What a save of the pool does beside the draft, where the cluster has some of its fields otherwise. Pure. */
import type { Outputs } from '../../trpc/client.ts';
import { listed } from '../sync/sync-words.ts';

type Sync = NonNullable<Outputs['pools']['get']['sync']>;

/** Null: nothing. All fields of a pool are sent together, whatever was edited. */
export function saveReaches({
  state,
  policy,
  fields,
  managers,
}: Pick<Sync, 'state' | 'policy' | 'fields' | 'managers'>): string | null {
  if ((state !== 'OutOfSync' && state !== 'Contested') || fields.length === 0) return null;
  const [it, itIs] = fields.length === 1 ? ['it', 'it is'] : ['them', 'they are'];
  const held =
    managers.length === 0 ? '' : `, and ${listed(managers)} ${managers.length === 1 ? 'holds' : 'hold'} ${it}`;
  const there = `The cluster has ${listed(fields)} otherwise${held}.`;
  if (policy === 'enforce') return `${there} By the policy enforce whatever is saved here writes ${it} over as well.`;
  if (managers.length === 0)
    return `${there} Nobody holds ${it}: whatever is saved here sets ${it} as decided here, too.`;
  return `${there} Whatever is saved here waits until ${itIs} decided about: take theirs, apply ours by force, or release.`;
}
