/** A leader that ends before it can note what came of what it sent. */
import { expect } from 'vitest';
import { clusterPools } from '../../server/controller/cluster-pools.ts';
import { lateWrites } from '../../server/controller/late-writes.ts';
import { poolReader } from '../../server/controller/pool-reader.ts';
import type { SyncOutcome } from '../../server/controller/refused-by.ts';
import { syncPool } from '../../server/controller/sync-pool.ts';
import { soon } from '../../server/testing/soon.ts';
import { type ledTerms, nat } from './led-terms.ts';

/** It looks at one pool and sends what it decides. */
export const endsBeforeNoting = (
  site: ReturnType<typeof ledTerms>,
  name: string,
  connection = site.connection,
): Promise<SyncOutcome> =>
  syncPool(
    {
      read: poolReader(site.api.database.db).of,
      write: async () => true,
      sending: () => {},
      late: lateWrites(),
      cluster: clusterPools(connection, 'projectcalico.org/v3'),
      now: () => new Date(),
    },
    name,
  );

/** The cluster is known, and then a pool `a` is made there of which nobody noted it. Nobody leads afterwards. */
export async function madeUnnoted(site: ReturnType<typeof ledTerms>): Promise<void> {
  await site.begin();
  await soon(async () => expect(site.leading?.mirrored().pools).toBe(true));
  await site.end();
  await site.api.caller('editor').pools.create({ name: 'a', spec: nat });
  await endsBeforeNoting(site, 'a');
}
