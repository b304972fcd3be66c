/** What History says of a write of ours that came when something was decided since that says what the cluster has. */
import { expect, it } from 'vitest';
import { history } from '../../e2e/cluster/history.ts';
import { ledTerms, nat } from '../../e2e/cluster/led-terms.ts';
import { slowWrite } from '../../e2e/cluster/slow-write.ts';
import { adoptPools } from '../services/cluster/adopt-pools.ts';
import { resolvePool } from '../services/cluster/resolve-pool.ts';
import { soon } from '../testing/soon.ts';
import { editor as actor } from '../testing/test-api.ts';

const site = ledTerms();
const { theirs, update, whole } = history(site);
const noNat = { ...nat, natOutgoing: false };
const reason = 'it was looked at';
const editor = () => site.api.caller('editor').pools;
const version = async () => (await editor().get({ name: 'a' })).version;
const remove = async () => editor().delete({ name: 'a', expectedVersion: await version(), reason });
const create = async (spec: typeof nat) => (await editor().create({ name: 'a', spec })).change.id;
const moves = () =>
  site.api.database.db.query(
    `SELECT cause::int, after->'spec'->'natOutgoing' AS nat FROM live_change
     WHERE actor = 'outgate' AND before IS NOT NULL AND after IS NOT NULL ORDER BY sequence DESC LIMIT 2`,
  );

/** One leads whose writes wait until they are let go. */
async function beginSlow(): Promise<{ go: () => void; isSent: () => Promise<void> }> {
  const { connection, go, isSent } = slowWrite(site.connection);
  await site.begin(connection);
  return { go, isSent: () => soon(async () => expect(isSent()).toBe(true)) };
}

it('theirs of a pool that was made again twice names the change that came first', async () => {
  await site.made();
  await site.end();
  await remove();
  const first = await create(noNat);
  const { go, isSent } = await beginSlow();
  await isSent();
  await remove();
  await create(noNat);
  const taken = await theirs();
  go();
  await site.stands('a', { state: 'Synced', applied: { version: taken } });
  expect(await moves()).toEqual([
    { cause: taken, nat: true },
    { cause: first, nat: false },
  ]);
  await whole();
});

it('let go and adopted: the change that was under way is named', async () => {
  await site.made();
  await site.end();
  const { go, isSent } = await beginSlow();
  const off = await update({ natOutgoing: false });
  await isSent();
  await resolvePool(site.deps, actor, { name: 'a', choice: 'release', expectedVersion: await version(), reason });
  const { change } = await adoptPools(site.deps, actor, { names: ['a'], reason });
  go();
  await site.stands('a', { state: 'Synced', applied: { version: change.id } });
  expect(await moves()).toEqual([
    { cause: change.id, nat: true },
    { cause: off, nat: false },
  ]);
});
