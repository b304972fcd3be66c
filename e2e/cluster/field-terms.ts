/** Led terms in which fields of the pool `a` are let go and decided here again, and what is asked of it then. */
import { expect } from 'vitest';
import type { PoolField } from '../../core/cluster/compare.ts';
import type { PoolSpec } from '../../core/pool/spec.ts';
import { readLivePools } from '../../server/db/live.ts';
import { releasedOf } from '../../server/db/released.ts';
import { getPool } from '../../server/services/pools/get-pool.ts';
import { updatePool } from '../../server/services/pools/write-pool.ts';
import { chooseField } from '../../server/testing/choose-field.ts';
import { soon } from '../../server/testing/soon.ts';
import { editor } from '../../server/testing/test-api.ts';
import { ledTerms } from './led-terms.ts';

export const synced = { state: 'Synced', reason: 'AsDesired' };

/** Call it once, at the top of the file; what it returns can be used inside tests. */
export function fieldTerms() {
  const site = ledTerms();
  const pool = () => getPool(site.deps, 'a');
  const choose = (choice: 'release-field' | 'decide-field', field: PoolField = 'natOutgoing') =>
    chooseField(site.deps, choice, field);
  const update = async (change: Partial<PoolSpec>) => {
    const { spec, version } = await pool();
    const decided = { name: 'a', spec: { ...spec, ...change }, expectedVersion: version, shown: spec };
    return updatePool(site.deps, editor, decided);
  };
  const object = async () => {
    const stored = await site.stored('a');
    if (stored === null) throw new Error('the cluster must have it');
    const { managedFields, ...metadata } = stored.metadata as typeof stored.metadata & { resourceVersion: string };
    const ours = managedFields.find(({ manager, operation }) => manager === 'outgate' && operation === 'Apply') as
      | { fieldsV1?: { 'f:spec'?: object } }
      | undefined;
    return {
      spec: stored.spec,
      version: metadata.resourceVersion,
      ours: Object.keys(ours?.fieldsV1?.['f:spec'] ?? {}),
    };
  };
  const seenWith = (field: keyof PoolSpec, value: unknown) =>
    soon(async () => {
      const [live] = await readLivePools(site.api.database.db, ['a']);
      expect(live?.pool?.spec[field]).toEqual(value);
    });
  const released = () => releasedOf(site.api.database.db, 'a');
  /** Of what the cluster has of the pool, what our name stands on. */
  const weHold = (...fields: string[]) => soon(async () => expect((await object()).ours).toEqual(fields));
  /** Somebody has switched NAT off, and we know. */
  const editedThere = async () => {
    await site.edit('a', { natOutgoing: false });
    await site.stands('a', { state: 'OutOfSync' });
  };
  /** The leader has looked at the last decision. */
  const settled = async (expected: object = synced) => {
    const { version } = await pool();
    await site.stands('a', { ...expected, applied: { version } });
  };
  return { site, pool, choose, update, object, seenWith, released, weHold, editedThere, settled };
}
