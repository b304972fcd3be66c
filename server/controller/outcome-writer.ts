/**
 * Writes what came of each pool. Those that end while a transaction is under way go into the next one together: with a commit
 * for each pool the disk, not the API server, would say how fast ten thousand of them are brought to what is desired.
 */
import type { LivePool } from '../../core/cluster/live-pool.ts';
import type { Database, Queryable } from '../db/client.ts';
import { lockLive, TermOver } from '../db/live.ts';
import { removeSync, type SyncOutcomeRow, writeOutcomes } from '../db/sync.ts';
import { NOTICE_CHANNEL, noticeText } from '../events/notice.ts';
import { mirrorIn } from './mirror.ts';

/** Of one pool. `row` null: nothing is kept of it any more. */
export interface Outcome {
  readonly name: string;
  readonly row: SyncOutcomeRow | null;
  /** the object as an apply left it */
  readonly taken: LivePool | null;
}

/** Resolves when it is committed. Rejects with TermOver when another leads; nothing was written then. */
export type OutcomeWriter = (outcome: Outcome) => Promise<void>;

interface Waiting {
  readonly outcome: Outcome;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** A pool is never in one batch twice: the queue works on a name once at a time. */
export function outcomeWriter(db: Database, epoch: number): OutcomeWriter {
  let waiting: Waiting[] = [];
  let running = false;

  const commit = (batch: readonly Waiting[]): Promise<void> =>
    db.transaction(async (tx) => {
      const live = await lockLive(tx, epoch);
      const outcomes = batch.map(({ outcome }) => outcome);
      const seen = outcomes.flatMap(({ taken }) => taken ?? []);
      if (seen.length > 0) await mirrorIn(tx, live, { seen, gone: [] });
      await writeOutcomes(
        tx,
        outcomes.flatMap(({ row }) => row ?? []),
      );
      await removeSync(
        tx,
        outcomes.flatMap(({ name, row }) => (row === null ? name : [])),
      );
      await tell(
        tx,
        outcomes.map(({ name }) => name),
      );
    });
  const settle = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      await commit(batch);
      for (const { done } of batch) done();
    } catch (error) {
      // one that cannot be written must not keep the others from it
      if (batch.length > 1 && !(error instanceof TermOver)) for (const one of batch) await settle([one]);
      else for (const { failed } of batch) failed(error);
    }
  };
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await settle(batch);
    }
    running = false;
  };
  return (outcome) =>
    new Promise((done, failed) => {
      waiting.push({ outcome, done, failed });
      if (running) return;
      running = true;
      void run();
    });
}

async function tell(tx: Queryable, pools: readonly string[]): Promise<void> {
  const notices = pools.map((name) => noticeText({ kind: 'sync', name }));
  await tx.query('SELECT pg_notify($1, notice) FROM unnest($2::text[]) AS notice', [NOTICE_CHANNEL, notices]);
}
