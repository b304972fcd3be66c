/** How what was saved stands in the cluster by now, object by object. Pure. */
import { type Stand, whyOf } from '../pools/sync/sync-words.ts';
import { holdersIn, type SettingRow } from './settings-words.ts';

export interface Saved {
  object: string;
  /** null: nothing of it is decided here */
  sync: Stand | null;
  rows: readonly Pick<SettingRow, 'field' | 'holders'>[];
}

/**
 * Those that were saved with this version, as they stand now; one that is not among what is known has nothing left that is decided
 * here. None while what is known is of before it.
 */
export function standsAfter(
  version: number,
  objects: readonly string[],
  known: { readonly version: number; readonly objects: readonly Saved[] } | null,
): Saved[] {
  if (known === null || known.version < version) return [];
  return objects.map(
    (object) => known.objects.find((one) => one.object === object) ?? { object, sync: null, rows: [] },
  );
}

/** `heard` false: what is known is of before, and says nothing about what was saved since. */
export function afterSaving(stands: readonly Saved[], heard: boolean): string[] {
  return stands.map(({ object, sync, rows }) => {
    const felix = `FelixConfiguration ${object}`;
    if (sync === null) return `Nothing of ${felix} is decided here any more.`;
    if (!heard) return `The cluster is not heard: ${felix} is brought to it once it answers.`;
    if (sync.state === 'Synced') return `${felix} says what is decided.`;
    if (sync.state === 'Pending') return `${felix} follows as soon as the cluster answers.`;
    const waits = sync.state === 'OutOfSync' || sync.state === 'Contested';
    return `${felix} does not say what is decided: ${whyOf(sync, holdersIn(rows))}${waits ? ' It waits for a decision, below.' : ''}`;
  });
}
