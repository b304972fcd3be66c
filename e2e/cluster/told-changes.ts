/** What History says of changes of a led term, and of which nodes hold them. */
import { expect, onTestFinished } from 'vitest';
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
  told: async (id: number) => {
    const one = await getChange(site.deps, id);
    const listed = (await listChanges(site.deps, { limit: 20 })).changes.find((change) => change.id === id);
    expect(listed).toMatchObject({ nodes: one.nodes, didNothing: one.didNothing });
    return one;
  },
});
