/** What the ledger says of one pool, move by move. */
import { expect } from 'vitest';
import { differingFields } from '../../core/cluster/compare.ts';
import type { Pool } from '../../core/pool/spec.ts';
import { poolShare } from '../../core/wire/revision.ts';
import { findChange } from '../../server/db/changes.ts';
import type { Database } from '../../server/db/client.ts';
import type { LiveChange } from '../../server/db/live.ts';

/**
 * Each move begins where the last one ended, and one that carries out changes of ours moves nothing that they do not say: `alone`,
 * its cause says it all; else those that were not carried out before it say it with it.
 */
export async function expectFollowed(
  db: Database,
  moves: readonly LiveChange[],
  name: string,
  { alone = false } = {},
): Promise<void> {
  let last: Pool | null = null;
  let carried = 0;
  for (const move of moves.filter(({ pools }) => pools.includes(name))) {
    const [before, after] = [sideOf(move.before, name), sideOf(move.after, name)];
    const { cause } = move;
    // a default that is spelled out or left out is no move
    expect(before && poolShare(before)).toEqual(last && poolShare(last));
    last = after;
    if (before === null || after === null) carried = 0;
    if (cause === null) continue;
    const said: string[] = [];
    for (let id = alone ? cause : carried + 1; id <= cause; id++) {
      const change = await findChange(db, id);
      if (change?.pools.includes(name)) said.push(...fieldsOf(sideOf(change.before, name), sideOf(change.after, name)));
    }
    carried = cause;
    if (said.includes(ALL) || after === null || (!alone && before === null)) continue;
    expect(said, `live change ${move.sequence}`).toEqual(expect.arrayContaining(fieldsOf(before, after)));
  }
}

/** of a pool that is made or goes */
const ALL = 'all';

const fieldsOf = (before: Pool | null, after: Pool | null): string[] =>
  before === null || after === null ? [ALL] : differingFields(before.spec, after.spec);

/** Without whose fields were taken. */
function sideOf(side: unknown, name: string): Pool | null {
  const found = ([side].flat() as (Pool | null)[]).find((pool) => pool?.name === name);
  return found ? { name, spec: found.spec } : null;
}
