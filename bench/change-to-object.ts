/**
 * One pool of ten thousand toggled in the browser: from the request that the page sends (its batch, cookie and origin) to the
 * moment a watch of our own shows the object with the new value, beside one raw server-side apply of such an object. Both go
 * over a kept connection and take turns; nothing else is under way when one of them begins. What a bare commit in the same
 * PostgreSQL takes stands beside it too: a change must be kept before it is sent.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { writePools } from '../core/calico/write.ts';
import type { PoolSpec } from '../core/pool/spec.ts';
import { calicoPath } from '../e2e/cluster/install-crds.ts';
import { OUTGATE_USER } from '../e2e/cluster/prepare-cluster.ts';
import { barePatch } from './bare-patch.ts';
import { type Bench, figure } from './bench.ts';
import { browser } from './browser.ts';
import { type ClusterProduct, withClusterProduct } from './cluster-product.ts';
import { manyPool, millisecondsSince } from './kernel-node.ts';
import { installPeer, peerObject } from './peer-type.ts';
import { rawWatch } from './raw-watch.ts';

const POOLS = 10_000;
const WARM_UP = 40;
const ROUNDS = 100;
/** What follows a change (the mirror, the outcome, a look at the pool again) has ended by then. */
const QUIET_MS = 50;

export const bench: Bench = {
  summary: 'one pool of 10k toggled in the browser, until the API server has it, against one raw PATCH',
  run: (log) => withClusterProduct((product) => measure(product, log), log),
};

interface Turn {
  readonly answered: number;
  readonly seen: number;
}

async function measure(product: ClusterProduct, log: (line: string) => void) {
  const { cluster, tell } = product;
  const peerPath = await installPeer(cluster);
  const pools = Array.from({ length: POOLS }, (_, i) => manyPool(i));
  await tell('pools.import', { yaml: writePools(pools, 'v3') });
  await product.synced(POOLS);
  log(`${POOLS} pools are in the cluster`);
  const target = cluster.as(OUTGATE_USER);
  const ours = await rawWatch(target, calicoPath('v3', 'ippools'));
  const theirs = await rawWatch(target, peerPath);
  const bare = barePatch(target, 1);
  const page = browser(product.server.address, product.cookie);
  const apply = async (object: ReturnType<typeof peerObject>, expected: number): Promise<void> => {
    const status = await bare.apply(`${peerPath}/${object.metadata.name}`, object);
    if (status !== expected) throw new Error(`${object.metadata.name}: ${status}`);
  };
  const client = new pg.Client({ connectionString: product.database.url });
  try {
    await client.connect();
    await client.query('CREATE TABLE bench AS SELECT 0 AS round');
    for (const pool of pools.slice(0, (WARM_UP + ROUNDS) / 2)) await apply(peerObject(pool, 'raw'), 201);
    const own = async (round: number): Promise<Turn> => {
      const { name } = manyPool(round >> 1);
      const { spec, version } = await settled(product, name);
      const natOutgoing = !spec.natOutgoing;
      // as the form sends it
      const input = { name, spec: { ...spec, natOutgoing }, expectedVersion: version, shown: spec };
      const seen = ours.seen(({ metadata, spec }) => metadata.name === name && spec?.['natOutgoing'] === natOutgoing);
      await delay(QUIET_MS);
      const start = process.hrtime.bigint();
      await page.mutate('pools.update', input);
      const answered = millisecondsSince(start);
      return { answered, seen: Number((await seen) - start) / 1e6 };
    };
    const raw = async (round: number): Promise<Turn & { committed: number }> => {
      const object = peerObject(manyPool(round >> 1, round % 2 === 1), 'raw');
      const seen = theirs.seen(({ metadata }) => metadata.name === object.metadata.name);
      await delay(QUIET_MS);
      const before = process.hrtime.bigint();
      await client.query('UPDATE bench SET round = $1', [round]);
      const committed = millisecondsSince(before);
      const start = process.hrtime.bigint();
      await apply(object, 200);
      const answered = millisecondsSince(start);
      return { answered, committed, seen: Number((await seen) - start) / 1e6 };
    };
    const turns: { own: Turn; raw: Awaited<ReturnType<typeof raw>> }[] = [];
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      const first = round % 4 < 2 ? await raw(round) : null;
      const one = await own(round);
      turns.push({ own: one, raw: first ?? (await raw(round)) });
    }
    const measured = turns.slice(WARM_UP);
    const peer = { name: 'one raw PATCH', runs: measured.map(({ raw }) => raw.answered) };
    const seen = measured.map(({ own }) => own.seen);
    const name = 'browser to the object in the API server';
    return [
      figure(name, 'ms', seen, {
        peer: { name: 'one raw PATCH', runs: measured.map(({ raw }) => raw.seen) },
        goal: { text: 'at most 2 x raw', check: (_, ratio) => ratio <= 2 },
      }),
      figure(name, 'ms', seen, {
        peer: { name: 'one raw commit and one raw PATCH', runs: measured.map(({ raw }) => raw.committed + raw.seen) },
      }),
      figure(
        'browser to the answer',
        'ms',
        measured.map(({ own }) => own.answered),
        { peer },
      ),
    ];
  } finally {
    await client.end();
    page.close();
    bare.close();
    ours.close();
    theirs.close();
  }
}

/** The pool once what its last change led to is through. */
async function settled({ ask }: ClusterProduct, name: string): Promise<{ spec: PoolSpec; version: number }> {
  for (;;) {
    const { spec, version, sync } = await ask<{ spec: PoolSpec; version: number; sync: { state: string } }>(
      'pools.get',
      { name },
    );
    if (sync.state === 'Synced') return { spec, version };
    await delay(10);
  }
}
