/** Many make, change and delete the same pools at once: in the end the cluster has what is decided, and nobody else did any of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ledTerms } from '../../e2e/cluster/led-terms.ts';
import { AppError } from '../services/app-error.ts';
import { soon } from '../testing/soon.ts';

const site = ledTerms();
const POOLS = 12;
const WORKERS = 6;
const STEPS = 80;

async function work(worker: number): Promise<void> {
  const { pools } = site.api.caller('editor', `worker-${worker}`);
  const step = async (): Promise<unknown> => {
    const index = Math.floor(Math.random() * POOLS);
    const name = `p-${index}`;
    const spec = { cidr: `10.${index}.0.0/16`, natOutgoing: Math.random() < 0.5 };
    const what = Math.random();
    if (what < 0.4) return pools.create({ name, spec });
    const { version } = await pools.get({ name });
    if (what < 0.7) return pools.update({ name, spec, expectedVersion: version });
    return pools.delete({ name, expectedVersion: version, reason: 'not wanted now' });
  };
  for (let steps = 0; steps < STEPS; steps++) {
    // another was first, or nothing would change
    await step().catch(refused);
    await delay(Math.random() * 60);
  }
}

const refused = (error: unknown): void => {
  if (!(error instanceof Error && error.cause instanceof AppError)) throw error;
};

it('in the end the cluster has what is decided, and nobody else did any of it', { timeout: 120_000 }, async () => {
  const leading = await site.begin();
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
  const { pools } = await site.api.caller('viewer').pools.list({});
  for (const { name, spec, version } of pools) {
    await site.stands(name, { state: 'Synced', applied: { version } });
    expect(await site.stored(name)).toMatchObject({ spec });
  }
  await soon(async () => expect(leading.queued()).toBe(0));
  for (let index = 0; index < POOLS; index++) {
    const name = `p-${index}`;
    if (pools.every((pool) => pool.name !== name)) expect(await site.stored(name)).toBe(null);
  }
  const told = await site.api.database.db.query('SELECT DISTINCT actor FROM live_change');
  expect(told).toEqual([{ actor: 'outgate' }]);
});
