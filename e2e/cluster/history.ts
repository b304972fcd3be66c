/** What is decided about a pool `a` of a led term, what a leader sends that ends before it notes it, and what History says of both. */
import type { PoolSpec } from '../../core/pool/spec.ts';
import { clusterPools } from '../../server/controller/cluster-pools.ts';
import { findChanges, type ListedChange } from '../../server/db/changes.ts';
import { liveChangesSince, readLivePools } from '../../server/db/live.ts';
import { resolvePool, setPolicy } from '../../server/services/cluster/resolve-pool.ts';
import { editor } from '../../server/testing/test-api.ts';
import { expectFollowed } from './followed-moves.ts';
import { type ledTerms, nat } from './led-terms.ts';

const reason = 'it must be so';

export function history(site: ReturnType<typeof ledTerms>) {
  const version = async () => (await site.api.caller('editor').pools.get({ name: 'a' })).version;
  return {
    /** Each returns the number of its change. */
    policy: async (to: 'ask' | 'enforce'): Promise<number> => {
      const decided = { name: 'a', policy: to, expectedVersion: await version(), reason };
      return (await setPolicy(site.deps, editor, decided)).change.id;
    },
    update: async (spec: object): Promise<number> => {
      const decided = { name: 'a', spec: { ...nat, ...spec }, expectedVersion: await version() };
      return (await site.api.caller('editor').pools.update(decided)).change.id;
    },
    theirs: async (): Promise<number> => {
      const decided = { name: 'a', choice: 'theirs', expectedVersion: await version(), reason } as const;
      return (await resolvePool(site.deps, editor, decided)).change.id;
    },
    force: async (): Promise<number> => {
      const decided = { name: 'a', choice: 'ours', expectedVersion: await version(), reason } as const;
      return (await resolvePool(site.deps, editor, decided)).change.id;
    },
    /** As a leader does that ends before it can note what came of it. */
    sent: async (spec: PoolSpec, force: boolean): Promise<void> => {
      const [live] = await readLivePools(site.api.database.db, ['a']);
      if (live === undefined) throw new Error('no pool');
      const { uid, resourceVersion } = live;
      const request = { name: 'a', spec, uid, resourceVersion, force };
      await clusterPools(site.connection, 'projectcalico.org/v3').apply(request);
    },
    rows: (limit: number): Promise<ListedChange[]> =>
      findChanges(site.api.database.db, { pool: 'a', others: true, limit }),
    /** Each move begins where the one before ended, and what carries out a change of ours moves nothing that this one does not say. */
    whole: async (): Promise<void> => {
      const { db } = site.api.database;
      await expectFollowed(db, await liveChangesSince(db, 0, 1000), 'a', { alone: true });
    },
  };
}
