/** One field of a pool of ours is let go to whoever holds it in the cluster, or decided here again. The caller holds the live row. */
import { z } from 'zod';
import { type PoolField, poolFields } from '../../../core/cluster/compare.ts';
import { whyNotReleased, withReleased } from '../../../core/cluster/released.ts';
import type { Queryable } from '../../db/client.ts';
import { readLivePools } from '../../db/live.ts';
import type { StoredPool } from '../../db/pools.ts';
import { releasedOf } from '../../db/released.ts';
import { newSync, readSync, writeSync } from '../../db/sync.ts';
import { AppError } from '../app-error.ts';
import type { Decision } from '../changes/decision.ts';
import { leaveFields } from './leave-fields.ts';
import { refusal } from './refusal.ts';

/** `release-field`: the cluster decides it. `decide-field`: what the cluster has of it is decided here again. */
export const fieldChoices = ['release-field', 'decide-field'] as const;
export const fieldSchema = z.enum(poolFields);

/** The value stays in the cluster; the leader lets go of what we claim of it. */
export async function releaseField(
  tx: Queryable,
  pool: StoredPool,
  field: PoolField,
  version: number,
): Promise<Decision> {
  const { name, spec } = pool;
  const was = await releasedBefore(tx, name, { field, released: true });
  const row = (await readSync(tx, [name]))[0] ?? newSync(name);
  const [live] = await readLivePools(tx, [name]);
  const why = whyNotReleased(field, live, row.applied);
  if (why !== null) {
    throw refusal('field', `field '${field}' of pool '${name}' cannot be released alone, because ${why}`);
  }
  await writeSync(tx, [await leaveFields(tx, pool, row, version)]);
  const left = withReleased(spec, [field], live?.pool?.spec ?? null);
  const released = poolFields.filter((one) => one === field || was.includes(one));
  return { action: 'pool.release-field', upsert: [{ name, spec: left }], released, asFound: true };
}

/** With the cluster's value, which is how `spec` shows it: the leader shares it without taking it from anybody. */
export async function decideField(
  tx: Queryable,
  pool: StoredPool,
  field: PoolField,
  version: number,
): Promise<Decision> {
  const { name, spec } = pool;
  const was = await releasedBefore(tx, name, { field, released: false });
  const [row] = await readSync(tx, [name]);
  if (row !== undefined) await writeSync(tx, [await leaveFields(tx, pool, row, version)]);
  const released = was.filter((one) => one !== field);
  return { action: 'pool.decide-field', upsert: [{ name, spec }], released, asFound: true };
}

/** Throws NOTHING_CHANGES where the field is what it is to become. */
async function releasedBefore(
  tx: Queryable,
  name: string,
  { field, released }: { readonly field: PoolField; readonly released: boolean },
): Promise<readonly PoolField[]> {
  const was = await releasedOf(tx, name);
  if (was.includes(field) !== released) return was;
  const already = released ? 'released' : 'decided here';
  throw new AppError('NOTHING_CHANGES', `field '${field}' of pool '${name}' is ${already} already`);
}
