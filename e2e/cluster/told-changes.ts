/** What History says of changes of a led term, and of which nodes hold them. */
import { expect, onTestFinished } from 'vitest';
import { readLivePool } from '../../core/cluster/live-pool.ts';
import { mirror } from '../../server/controller/mirror.ts';
import { beginTerm } from '../../server/db/live.ts';
import { getChange, listChanges } from '../../server/services/changes/list-changes.ts';
import { holdAll } from '../../server/testing/hold-all.ts';
import type { ledTerms } from './led-terms.ts';

export const nowhere = { nodes: { holding: 0, total: 0 }, nodeTimes: [] };
export const held = { nodes: { holding: 1, total: 1 }, didNothing: null };

export const toldChanges = (site: ReturnType<typeof ledTerms>) => ({
  /** A node that holds all that the cluster has by now. */
  holds: async (): Promise<void> => {
    const { db } = site.api.database;
    await holdAll(db);
    onTestFinished(async () => {
      await db.query(`DELETE FROM node WHERE name = 'holder'`);
    });
  },
  /** A leader that ends when it has told what it saw of the pool `a`. */
  onlyTold: async (): Promise<void> => {
    const { db } = site.api.database;
    const seen = readLivePool(await site.stored('a'));
    if (seen === null) throw new Error('the cluster must have it');
    await mirror(db, await beginTerm(db, 'test'), { seen: [seen], gone: [] });
  },
  told: async (id: number) => {
    const one = await getChange(site.deps, id);
    const listed = (await listChanges(site.deps, { limit: 200 })).changes.find((change) => change.id === id);
    expect(listed).toMatchObject({ nodes: one.nodes, didNothing: one.didNothing });
    return one;
  },
});
