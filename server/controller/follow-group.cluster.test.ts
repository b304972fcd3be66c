/** The group of the pools: none, the older one, or both, on a real API server. */
import pg from 'pg';
import { expect, it, vi } from 'vitest';
import { followedGroup } from '../../e2e/cluster/followed-group.ts';
import { calicoPath, installCrds } from '../../e2e/cluster/install-crds.ts';
import { kubectl } from '../../e2e/cluster/prepare-cluster.ts';
import { must } from '../../e2e/cluster/request.ts';
import { readWatch } from '../db/live-watch.ts';
import { readSync } from '../db/sync.ts';
import { readOwnTypes } from '../services/cluster/own-types.ts';
import { soon } from '../testing/soon.ts';

const site = followedGroup();
const V1 = 'crd.projectcalico.org/v1';
const V3 = 'projectcalico.org/v3';

/** Until it is ended, the database refuses whoever begins a term. */
async function refuseTerms(): Promise<{ end(): Promise<void> }> {
  const owner = new pg.Client({ connectionString: site.database.url });
  await owner.connect();
  await owner.query(`
    CREATE FUNCTION refuse_term() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no new term'; END $$;
    CREATE TRIGGER refuse_term BEFORE UPDATE OF epoch ON live FOR EACH ROW EXECUTE FUNCTION refuse_term()`);
  return {
    async end() {
      await owner.query('DROP FUNCTION refuse_term CASCADE');
      await owner.end();
    },
  };
}

it('a cluster without Calico is said to be one', async () => {
  await site.told({
    phase: 'no-pools',
    group: null,
    from: null,
    lost: false,
    error: expect.stringContaining('serves neither'),
  });
  expect(site.controller.election()).toMatchObject({ role: 'leader' });
});

it('our copy of the types, applied by an administrator, is found within 30 s, and a pool that waits is synced', {
  timeout: 300_000,
}, async () => {
  const editor = site.api.caller('editor');
  const spec = { cidr: '10.9.0.0/16', natOutgoing: true };
  const { change } = await editor.pools.create({ name: 'ours', spec });
  const applied = Date.now();
  await kubectl(site.server, ['apply', '--server-side', '-f', '-'], { input: await readOwnTypes() });
  await site.told({ phase: 'live', group: V1, from: V1, error: null });
  expect(Date.now() - applied).toBeLessThan(30_000);
  await soon(async () => expect(await readSync(site.database.db, ['ours'])).toMatchObject([{ state: 'Synced' }]));
  expect(await must(site.server.as('admin'), 'GET', `${calicoPath('v1', 'ippools')}/ours`)).toMatchObject({ spec });
  await editor.pools.delete({ name: 'ours', expectedVersion: change.id, reason: 'the test is over' });
  site.hub.publish({ kind: 'resync' });
  await site.knows([]);
});

it('pools are followed in the better group once it has some', { timeout: 300_000 }, async () => {
  const { epoch } = await readWatch(site.database.db);
  await site.make('v1', 'a', '10.1.0.0/16');
  await site.make('v1', 'b', '10.2.0.0/16');
  await site.knows(['a', 'b']);
  // a copy that is half made takes no pool away
  await installCrds(site.server, 'v3');
  await site.make('v3', 'a', '10.1.0.0/16');
  await site.told({
    phase: 'live',
    group: V1,
    error: expect.stringContaining(`before it is believed; it lacks 1 of 2 known pools: b,`),
  });
  await site.knows(['a', 'b']);
  // the database takes no new term in the moment of the move: it is tried again
  const refuse = await refuseTerms();
  await site.make('v3', 'b', '10.2.0.0/16');
  await vi.waitFor(() => expect(String(site.errors)).toContain('no new term'), { timeout: 90_000 });
  site.errors.length = 0;
  await refuse.end();
  await site.told({ phase: 'live', group: V3, from: V3, error: null });
  await site.knows(['a', 'b']);
  expect((await readWatch(site.database.db)).epoch).toBeGreaterThan(epoch);
});

it('a leader that is not answered any more says that nobody follows the cluster, until somebody does again', {
  timeout: 180_000,
}, async () => {
  const { heardAt } = await readWatch(site.database.db);
  await site.server.pause();
  const error = expect.stringContaining('the lease could not be renewed in time');
  try {
    await site.told({ phase: 'blind', group: V3, error });
    expect((await readWatch(site.database.db)).heardAt?.getTime()).toBeGreaterThanOrEqual(heardAt?.getTime() ?? 0);
  } finally {
    site.server.resume();
  }
  await site.told({ phase: 'live' });
});
