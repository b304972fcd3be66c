/**
 * Writes what came of each pool, and what the watch saw of them. What falls together goes into one transaction: with a commit
 * for each pool PostgreSQL and we, not the API server, would say how fast ten thousand of them are brought to what is desired.
 */
import type { LivePool } from '../../core/cluster/live-pool.ts';
import type { VoidForce } from '../../core/cluster/void-force.ts';
import type { Database, Queryable } from '../db/client.ts';
import { forgetSync } from '../db/let-go.ts';
import { type Live, lockLive, TermOver } from '../db/live.ts';
import { type Found, namesOvertaken } from '../db/overtaken.ts';
import { type SyncOutcomeRow, writeOutcomes } from '../db/sync.ts';
import { writeVoidForce } from '../db/void-force.ts';
import { NOTICE_CHANNEL, noticeText } from '../events/notice.ts';
import type { Ours, Sent } from './decided-by.ts';
import type { Versioned } from './is-newer.ts';
import { mirrorAll, mirrorIn, type Seen, tellStaying } from './mirror.ts';

/** Of one pool. `row` null: nothing is kept of it any more. */
export interface Outcome {
  readonly name: string;
  readonly row: SyncOutcomeRow | null;
  /** the row as the look found it, where nothing was applied; absent: what was applied counts, whatever was decided meanwhile */
  readonly found?: Found;
  /** the object as an apply left it */
  readonly taken: LivePool | null;
  /** what was applied; absent: nothing that is decided */
  readonly sent?: Sent | undefined;
  /** the use of force that it finds void */
  readonly voided?: VoidForce | undefined;
}

/** All of it resolves when it is committed, and rejects with TermOver when another leads; nothing was written then. */
export interface PoolWriter {
  /** Of a pool that is worked on, before it is sent: the watch may tell of it before the answer comes. */
  sending(name: string, sent: Sent): void;
  /** False: the row was overtaken, and nothing is noted of it (`Outcome.found`). */
  outcome(outcome: Outcome): Promise<boolean>;
  /** Resolves with the names to be looked at: a pool that is as our apply left it, and as is desired, is none of them. */
  seen(seen: Seen): Promise<string[]>;
  /** A complete list: pools that it does not name are gone. */
  all(pools: readonly LivePool[]): Promise<void>;
}

export interface PoolWriterOptions {
  readonly db: Database;
  readonly epoch: number;
  /** the pools that are worked on, with what tells one work on a pool from the next: of each an outcome may come */
  readonly underWay: ReadonlyMap<string, unknown>;
}

/**
 * So long is waited for the outcomes of others, so that MOST come together at the rate of a server on two cores; what is not of a
 * pool that is worked on does not wait.
 */
const LINGER_MS = 100;
const MOST = 64;
/** What else was sent of a pool before is told by its contents. */
const MOST_UNANSWERED = 10;

interface Waiting {
  /** null: the watch says it */
  readonly outcome: Outcome | null;
  readonly seen: Seen;
  readonly done: (noted: boolean) => void;
  readonly failed: (error: unknown) => void;
}

export function poolWriter({ db, epoch, underWay }: PoolWriterOptions): PoolWriter {
  let waiting: Waiting[] = [];
  let running = false;
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  /** pools as our applies left them and the ledger has them, until the watch tells of them too */
  const echoes = new Map<string, { readonly identity: string; readonly settled: boolean }>();
  /** by name what was sent since the last answer, each change once: it may be taken yet, and be told of after the next was sent */
  const sendings = new Map<string, readonly Sent[]>();
  /** by name the object that the watch told gone last: the answer of an apply to it may be on its way still */
  const went = new Map<string, string>();
  /** the same of a whole list: by name the object that it had; the watch tells of what was made since */
  const listed = new Map<string, { readonly work: unknown; readonly uid: string | undefined }>();

  const run = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    running = true;
    const batch = waiting;
    waiting = [];
    writing = settle(batch);
    await writing;
    running = false;
    soon();
  };
  const soon = (): void => {
    if (running || waiting.length === 0) return;
    const outcomes = waiting.filter(({ outcome }) => outcome !== null).length;
    const wait = outcomes < underWay.size && waiting.length < MOST && waiting.every(isOfThose);
    if (wait) timer ??= setTimeout(() => void run(), LINGER_MS);
    else void run();
  };
  const isOfThose = ({ outcome, seen }: Waiting): boolean =>
    outcome !== null || namesIn(seen).every((name) => underWay.has(name));
  const settle = async (batch: readonly Waiting[]): Promise<void> => {
    let overtaken: ReadonlySet<string>;
    try {
      overtaken = await db.transaction((tx) => writeBatch(tx, epoch, batch, sendings));
    } catch (error) {
      // one that cannot be written must not keep the others from it
      if (batch.length > 1 && !(error instanceof TermOver)) for (const one of batch) await settle([one]);
      else for (const { failed } of batch) failed(error);
      return;
    }
    noteEchoes(batch);
    for (const { outcome, done } of batch) done(outcome === null || !overtaken.has(outcome.name));
  };
  /** Where the watch says something else of a pool, now or next, that is what the ledger may have in the end. */
  const noteEchoes = (batch: readonly Waiting[]): void => {
    const told = [...batch, ...waiting].filter(({ outcome }) => outcome === null).map(({ seen }) => seen);
    const others = new Map<string, string>();
    for (const { seen } of told) for (const pool of seen) others.set(pool.name, identityOf(pool));
    for (const { gone } of told) for (const { name } of gone) others.set(name, '');
    for (const { outcome } of batch) {
      if (outcome?.taken == null) continue;
      const { name, taken, row } = outcome;
      const identity = identityOf(taken);
      if ((others.get(name) ?? identity) === identity) echoes.set(name, { identity, settled: row?.state === 'Synced' });
    }
  };
  const add = (outcome: Outcome | null, seen: Seen): Promise<boolean> =>
    new Promise((done, failed) => {
      for (const name of namesIn(seen)) echoes.delete(name);
      waiting.push({ outcome, seen, done, failed });
      soon();
    });

  const isLate = (name: string, uid: string): boolean => {
    const there = listed.get(name);
    const relisted = there !== undefined && there.work === underWay.get(name);
    return went.get(name) === uid || (relisted && there.uid !== uid);
  };
  /** An object that is gone by now is not taken; its name was given to be looked at again when it went. */
  const unlessLate = (outcome: Outcome): { outcome: Outcome; seen: Seen } => {
    const { name, taken } = outcome;
    if (taken === null || isLate(name, taken.uid)) return { outcome: { ...outcome, taken: null }, seen: nothing };
    return { outcome, seen: { seen: [taken], gone: [] } };
  };

  return {
    sending(name, sent) {
      const others = (sendings.get(name) ?? []).filter(({ change }) => change !== sent.change);
      sendings.set(name, [...others, sent].slice(-MOST_UNANSWERED));
    },
    async outcome(given) {
      const { outcome, seen } = unlessLate(given);
      went.delete(given.name);
      listed.delete(given.name);
      const noted = await add(outcome, seen);
      if (given.taken !== null) sendings.delete(given.name);
      return noted;
    },
    async seen({ seen, gone }) {
      for (const { name, uid } of gone) if (underWay.has(name)) went.set(name, uid);
      const isEcho = (pool: LivePool): boolean => echoes.get(pool.name)?.identity === identityOf(pool);
      const isSettled = (pool: LivePool): boolean => isEcho(pool) && echoes.get(pool.name)?.settled === true;
      const [known, news] = [seen.filter(isEcho), seen.filter((pool) => !isEcho(pool))];
      const open = known.filter((pool) => !isSettled(pool));
      for (const { name } of known) echoes.delete(name);
      if (news.length + gone.length === 0) return open.map(({ name }) => name);
      await add(null, { seen: news, gone });
      // its outcome was written with it
      open.push(...news.filter((pool) => !isSettled(pool)));
      for (const pool of news) if (isEcho(pool)) echoes.delete(pool.name);
      return [...open, ...gone].map(({ name }) => name);
    },
    async all(pools) {
      const uids = new Map(pools.map(({ name, uid }) => [name, uid]));
      for (const [name, work] of underWay) listed.set(name, { work, uid: uids.get(name) });
      waiting = waiting.map((one) => (one.outcome === null ? one : { ...one, ...unlessLate(one.outcome) }));
      await writing;
      // whatever it takes away, the watch may yet bring again
      await mirrorAll(db, epoch, pools).finally(() => echoes.clear());
    },
  };
}

/** Resolves with the names of those that were overtaken. */
async function writeBatch(
  tx: Queryable,
  epoch: number,
  batch: readonly Waiting[],
  sendings: ReadonlyMap<string, readonly Sent[]>,
): Promise<ReadonlySet<string>> {
  let live: Live = await lockLive(tx, epoch);
  const outcomes = batch.flatMap(({ outcome }) => outcome ?? []);
  const sent = new Map(outcomes.flatMap(({ taken, sent }) => (taken && sent ? [[identityOf(taken), sent]] : [])));
  const sentAs = (pool: LivePool): Pick<Ours, 'sent' | 'sending'> => ({
    sent: sent.get(identityOf(pool)),
    sending: sendings.get(pool.name),
  });
  for (const seen of inTurn(batch.map((one) => one.seen))) live = await mirrorIn(tx, live, { ...seen, sentAs });
  if (outcomes.length === 0) return new Set();
  const overtaken = await namesOvertaken(
    tx,
    outcomes.flatMap(({ found }) => found ?? []),
  );
  await writeOutcomes(
    tx,
    outcomes.flatMap(({ row }) => (row === null || overtaken.has(row.name) ? [] : row)),
  );
  for (const { voided } of outcomes) if (voided !== undefined) await writeVoidForce(tx, voided);
  const deleted = await forgetSync(
    tx,
    outcomes.flatMap(({ name, row }) => (row === null ? name : [])),
  );
  await tellStaying(tx, live, deleted);
  await tx.query('UPDATE live SET stand = stand + 1 WHERE id = 1 RETURNING pg_notify($1, $2)', [
    NOTICE_CHANNEL,
    noticeText({ kind: 'sync' }),
  ]);
  return overtaken;
}

/** As few as there may be: what is said twice of a pool, and not the same, is taken in the order in which it came. */
function inTurn(all: readonly Seen[]): Seen[] {
  const turns: { seen: LivePool[]; gone: Seen['gone'][number][]; names: Map<string, string> }[] = [];
  const turnFor = (name: string, identity: string) => {
    const last = turns.at(-1);
    if (last !== undefined && (last.names.get(name) ?? identity) === identity) return last;
    const next = { seen: [], gone: [], names: new Map<string, string>() };
    turns.push(next);
    return next;
  };
  for (const { seen, gone } of all) {
    for (const pool of seen) {
      const turn = turnFor(pool.name, identityOf(pool));
      if (!turn.names.has(pool.name)) turn.seen.push(pool);
      turn.names.set(pool.name, identityOf(pool));
    }
    for (const one of gone) {
      const turn = turnFor(one.name, `${one.uid} gone`);
      turn.gone.push(one);
      turn.names.set(one.name, `${one.uid} gone`);
    }
  }
  return turns;
}

const nothing: Seen = { seen: [], gone: [] };
const namesIn = ({ seen, gone }: Seen): string[] => [...seen, ...gone].map(({ name }) => name);
const identityOf = ({ uid, resourceVersion }: Versioned): string => `${uid} ${resourceVersion}`;
