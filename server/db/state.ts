/** The whole desired state of one moment. */
import type { Pool } from '../../core/pool/spec.ts';
import type { Database } from './client.ts';
import { type Desired, readDesired } from './desired.ts';

/** Pools in the order of names. */
export function readState(db: Database): Promise<{ desired: Desired; pools: Pool[] }> {
  return db.transaction(async (tx) => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const desired = await readDesired(tx);
    const pools = await tx.query<Pool>('SELECT name, spec FROM pool ORDER BY name');
    return { desired, pools };
  });
}
