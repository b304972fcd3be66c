/** Which pools and settings are to be brought to what is desired: all of them at first and now and then, else those that changed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { objectsIn } from '../../core/cluster/felix-objects.ts';
import { ourClaim } from '../../core/cluster/managed-fields.ts';
import { changesSince } from '../db/changes.ts';
import type { Database } from '../db/client.ts';
import { readDesired } from '../db/desired.ts';
import { readLiveFelixes } from '../db/live-felix.ts';
import { readPools } from '../db/pools.ts';
import { makeMissingSync, readSync, settingsSync } from '../db/sync.ts';

export interface FollowDesiredOptions {
  readonly db: Database;
  /** it is tried again */
  readonly failed: (error: unknown) => void;
  readonly pools: (names: Iterable<string>) => void;
  /** names of FelixConfigurations */
  readonly settings: (names: Iterable<string>) => void;
}

export interface FollowDesired {
  /** The cluster's pools are known: look at every pool, and from here on at those that change. */
  all(): void;
  /** The same of settings. */
  allSettings(): void;
  /** There may be changes. */
  moved(): void;
  /** A notice of a change: it says enough where it is the very next one, of one pool. */
  told(sequence: number, pool: string | undefined): void;
  stop(): Promise<void>;
}

const BATCH = 500;
const RETRY_MS = 1_000;

export function followDesired({ db, failed, pools, settings }: FollowDesiredOptions): FollowDesired {
  /** the last change that was looked at; null: no pool was yet */
  let sequence: number | null = null;
  let settingsRead = false;
  const due = new Set<keyof typeof steps>();
  let running: Promise<void> | null = null;
  const stopping = new AbortController();

  const steps = {
    async all(): Promise<void> {
      await makeMissingSync(db);
      const now = (await readDesired(db)).sequence;
      const [wanted, known] = await Promise.all([readPools(db), readSync(db)]);
      sequence = Math.max(sequence ?? 0, now);
      pools([...wanted, ...known].map(({ name }) => name));
      if (settingsRead) due.add('allSettings');
      // a change between the reads was told before its number could be compared
      due.add('moved');
    },
    async allSettings(): Promise<void> {
      settingsRead = true;
      const [{ settings: decided }, known, live] = await Promise.all([
        readDesired(db),
        settingsSync.read(db),
        readLiveFelixes(db),
      ]);
      // what was sent before it was emptied may have come when nobody led
      const claimed = live.filter(({ claims }) => ourClaim(claims) !== undefined);
      settings([...objectsIn(decided), ...[...known, ...claimed].map(({ name }) => name)]);
    },
    async moved(): Promise<void> {
      if (sequence === null) return;
      for (;;) {
        const changes = await changesSince(db, sequence, BATCH);
        for (const change of changes) {
          pools(change.pools);
          sequence = change.sequence;
        }
        if (settingsRead && changes.some(({ action }) => action.startsWith('settings.'))) due.add('allSettings');
        if (changes.length < BATCH) return;
      }
    },
  };
  const run = async (): Promise<void> => {
    for (const step of due) {
      if (stopping.signal.aborted) break;
      due.delete(step);
      await steps[step]().catch(async (error: unknown) => {
        failed(error);
        await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});
        due.add(step);
      });
    }
    running = null;
  };
  const want = (step: keyof typeof steps) => (): void => {
    due.add(step);
    running ??= run();
  };
  return {
    all: want('all'),
    allSettings: want('allSettings'),
    moved: want('moved'),
    told(number, pool) {
      if (running === null && sequence !== null && number <= sequence) return;
      if (running !== null || pool === undefined || sequence === null || number !== sequence + 1) want('moved')();
      else {
        sequence = number;
        pools([pool]);
      }
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
