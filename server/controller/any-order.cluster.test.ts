/**
 * Whatever operators, others in the cluster and leaders that end do, in any order: the ledger has no gap, each move is told by who decided
 * or wrote it, and caches and agents that follow it have what it says. A failing seed fails again.
 */
import { expect, it } from 'vitest';
import { applyDelta, type HeldState, holdSnapshot } from '../../agent/held-state.ts';
import { randomFrom } from '../../core/nat/fixtures/random.ts';
import type { EffectiveState, StreamMessage } from '../../core/wire/state.ts';
import { anyName, anySteps } from '../../e2e/cluster/any-steps.ts';
import { expectFollowed } from '../../e2e/cluster/followed-moves.ts';
import { ledTerms } from '../../e2e/cluster/led-terms.ts';
import { readDesired } from '../db/desired.ts';
import { liveChangesSince, readLive } from '../db/live.ts';
import { poolsCarriedOut } from '../db/pools-carried-out.ts';
import { readSync } from '../db/sync.ts';
import { AppError } from '../services/app-error.ts';
import { liveLedger } from '../state/ledger.ts';
import { openStateCache } from '../state/state-cache.ts';
import { soon } from '../testing/soon.ts';

const site = ledTerms();
const { steps, turns, quiet } = anySteps(site);

/** An operator's refusal is an answer. */
const isRefusal = (error: unknown): boolean =>
  error instanceof AppError || (error instanceof Error && error.cause instanceof AppError);

/** As an agent takes it up. */
function heldBy(agent: HeldState, message: StreamMessage | null): HeldState {
  if (message?.type === 'delta') expect(applyDelta(agent, message)).toMatchObject({ ok: true });
  return message?.type === 'snapshot' ? held(message.state) : agent;
}

function held(state: EffectiveState): HeldState {
  const holds = holdSnapshot(state);
  if (holds === undefined) throw new Error('a snapshot that does not lead to its revision');
  return holds;
}

const SEEDS = [1, 2, 3, 4];
const STEPS = 60;

it.each(SEEDS)('seed %i', async (seed) => {
  const { db } = site.api.database;
  const random = randomFrom(seed);
  const onMismatch = (sequence: number) => expect.fail(`live change ${sequence} did not lead to its revision`);
  // the ledger forgets what the last test left
  await site.begin();
  await soon(async () => expect(site.leading?.mirrored().pools).toBe(true));
  await site.end();
  const cache = await openStateCache({ db, ledger: liveLedger, onMismatch });
  const begun = cache.sequence;
  const { sequence: first } = await readDesired(db);
  expect(cache.pools()).toEqual([]);
  let agent = held(cache.snapshot().state);
  const story: string[] = [];
  const tale = async (): Promise<string> => {
    const moves = await liveChangesSince(db, begun, 10_000);
    return [...story, ...moves.map((move) => JSON.stringify(move))].join('\n');
  };
  for (let i = 0; i < STEPS; i++) {
    const turn = random.pick(turns);
    const name = anyName(random);
    story.push(`${turn} ${name}`);
    await steps[turn]?.(random, name).catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      story.push('  refused');
    });
    await cache.refresh();
    agent = heldBy(agent, cache.since(agent.sequence ?? undefined));
    expect([agent.revision, agent.sequence]).toEqual([cache.revision, cache.sequence]);
    const moves = await liveChangesSince(db, begun, 10_000);
    for (const one of ['a', 'b']) {
      await expectFollowed(db, moves, one).catch(async (cause: unknown) => {
        throw new Error(await tale(), { cause });
      });
    }
  }
  await steps['lead']?.(random, 'a');
  await quiet();
  await soon(async () => {
    await cache.refresh();
    const { revision, sequence } = await readLive(db);
    expect([cache.revision, cache.sequence]).toEqual([revision, sequence]);
  });
  const synced = (await readSync(db)).flatMap(({ name, state }) => (state === 'Synced' ? [name] : []));
  const changes = await db.query<{ sequence: string }>(
    `SELECT sequence FROM change WHERE sequence > $1 AND pools <@ $2::text[]`,
    [first, synced],
  );
  const came = await poolsCarriedOut(
    db,
    changes.map(({ sequence }) => Number(sequence)),
  );
  const waiting = [...came].flatMap(([change, at]) => (at === null ? [change] : []));
  expect(waiting, `of pools that are as desired\n${await tale()}`).toEqual([]);
  const wrong = await db.query(
    `SELECT l.sequence, l.cause, v.why FROM live_change l LEFT JOIN void_force v ON v.change = l.cause
     WHERE l.sequence > $1 AND (v.why NOT LIKE '% came before it was carried out'
       OR (l.cause IS NULL AND l.actor = 'outgate' AND l.action <> 'pool.enforce' AND l.reason IS NULL))`,
    [begun],
  );
  // force that was found void carried nothing out, and what we wrote somebody decided
  expect(wrong, await tale()).toEqual([]);
});
