/** What a change row means for the state: the change table is also the log that deltas are made of. */
import type { ClusterSettings } from '../../core/nat/settings.ts';
import type { Pool } from '../../core/pool/spec.ts';
import type { LoggedChange } from '../db/changes.ts';

export interface Effect {
  readonly upsert: readonly Pool[];
  readonly remove: readonly string[];
  readonly settings?: ClusterSettings;
  readonly hosts?: readonly string[];
}

export function effectOf(change: Pick<LoggedChange, 'action' | 'before' | 'after'>): Effect {
  if (change.action === 'settings.update' || change.action === 'settings.force') {
    return { upsert: [], remove: [], settings: change.after as ClusterSettings };
  }
  if (change.action === 'hosts.update') {
    return { upsert: [], remove: [], hosts: (change.after as { hosts: string[] }).hosts };
  }
  // about what is in the cluster: what is desired stays as it is
  if (change.action === 'cluster.follow') return { upsert: [], remove: [] };
  const upsert = poolsOf(change.after);
  const kept = new Set(upsert.map((pool) => pool.name));
  const remove = poolsOf(change.before).flatMap(({ name }) => (kept.has(name) ? [] : [name]));
  return { upsert, remove };
}

/** The pools of `before` or `after` of a pool change: none, one, or those of an import. */
export function poolsOf(content: unknown): Pool[] {
  if (content === null) return [];
  return Array.isArray(content) ? (content as Pool[]) : [content as Pool];
}
