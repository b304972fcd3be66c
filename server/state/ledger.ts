/**
 * Where the effective state is written, change by change. Without a cluster it is what is desired; with one it is what the
 * cluster says (docs/decisions/0011-two-ledgers.md). The numbers of the two never meet: those of the cluster begin at 2^40,
 * so a node that held one is never taken for one that holds the other.
 */
import type { ClusterSettings } from '../../core/nat/settings.ts';
import type { Pool } from '../../core/pool/spec.ts';
import { changesSince } from '../db/changes.ts';
import type { Database, Queryable } from '../db/client.ts';
import { readDesired } from '../db/desired.ts';
import { liveChangesSince, readLive, readLiveState } from '../db/live.ts';
import { readState } from '../db/state.ts';
import { type Effect, effectOf } from './effect.ts';

export interface Head {
  readonly sequence: number;
  readonly revision: string;
  readonly settings: ClusterSettings;
  readonly hosts: readonly string[];
}

export interface Ledger {
  readonly name: 'desired' | 'live';
  head(db: Queryable): Promise<Head>;
  /** All of one moment; pools in the order of names. */
  read(db: Database): Promise<{ head: Head; pools: Pool[] }>;
  /** Up to `limit` changes after `sequence`, the oldest first. */
  since(
    db: Queryable,
    sequence: number,
    limit: number,
  ): Promise<{ readonly sequence: number; readonly revision: string; readonly effect: Effect }[]>;
}

export const desiredLedger: Ledger = {
  name: 'desired',
  head: readDesired,
  read: async (db) => {
    const { desired, pools } = await readState(db);
    return { head: desired, pools };
  },
  since: async (db, sequence, limit) => (await changesSince(db, sequence, limit)).map(withEffect),
};

export const liveLedger: Ledger = {
  name: 'live',
  head: readLive,
  read: async (db) => {
    const { live, pools } = await readLiveState(db);
    return { head: live, pools };
  },
  since: async (db, sequence, limit) => (await liveChangesSince(db, sequence, limit)).map(withEffect),
};

const withEffect = (change: {
  readonly sequence: number;
  readonly revision: string;
  readonly action: string;
  readonly before: unknown;
  readonly after: unknown;
}) => ({ sequence: change.sequence, revision: change.revision, effect: effectOf(change) });
