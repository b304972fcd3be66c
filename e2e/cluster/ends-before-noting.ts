/** A leader that looks at one pool, sends what it decides, and ends before it can note what came of it. */
import { clusterPools } from '../../server/controller/cluster-pools.ts';
import { lateWrites } from '../../server/controller/late-writes.ts';
import { poolReader } from '../../server/controller/pool-reader.ts';
import type { SyncOutcome } from '../../server/controller/refused-by.ts';
import { syncPool } from '../../server/controller/sync-pool.ts';
import type { ledTerms } from './led-terms.ts';

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
