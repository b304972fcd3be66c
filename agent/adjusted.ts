/** What was read back, with the members that the kernel acknowledged one by one since then. */
import type { Family } from '../core/net/address.ts';
import type { SetDelta } from '../core/rules/delta.ts';
import type { SavedSet } from '../core/rules/parse.ts';
import type { Held, HeldFamily } from './dataplane/driver.ts';

export function withChanges(held: Held, deltas: readonly SetDelta[]): Held {
  const family = (one: Family): Partial<Record<Family, HeldFamily>> => {
    const found = held.families[one];
    const own = deltas.filter((delta) => delta.family === one);
    if (found === undefined || own.length === 0) return found === undefined ? {} : { [one]: found };
    const sets = new Map(found.sets);
    for (const delta of own) {
      const set = sets.get(delta.set);
      if (set !== undefined) sets.set(delta.set, changed(set, delta));
    }
    return { [one]: { ...found, sets } };
  };
  return { families: { ...family(4), ...family(6) }, unavailable: held.unavailable };
}

function changed(set: SavedSet, { add, remove }: SetDelta): SavedSet {
  const gone = new Set(remove);
  const kept = gone.size === 0 ? set.members : set.members.filter(({ cidr }) => !gone.has(cidr));
  const fresh = add.map((cidr) => ({ cidr, packets: 0, bytes: 0, nomatch: false }));
  return { ...set, members: [...kept, ...fresh] };
}
