/** How a look at one pool ends: what is noted of it, and what a refusal of the cluster means for it. */
import { isDeepStrictEqual } from 'node:util';
import type { LivePool } from '../../core/cluster/live-pool.ts';
import type { SyncReason } from '../../core/cluster/sync-state.ts';
import type { VoidForce } from '../../core/cluster/void-force.ts';
import { newSync, type SyncDetail, type SyncOutcomeRow, type SyncRow } from '../db/sync.ts';
import { KubeError } from '../kube/kube-error.ts';
import type { SeenObject } from './apply-request.ts';
import type { LateWrites } from './late-writes.ts';
import type { PoolWriter } from './pool-writer.ts';
import { refusedBy, type SyncOutcome } from './refused-by.ts';

export interface HoldsOff {
  /**
   * The object moves and nothing of it changes: what was sent to it as it was seen is refused from here on. Returns it as it is stored
   * now; null: nothing of it is ours, or the cluster wants no such mark.
   */
  holdOff(pool: SeenObject): Promise<LivePool | null>;
}

export interface NoteOptions {
  /** throws TermOver when another leads */
  readonly write: PoolWriter['outcome'];
  readonly late: LateWrites;
  readonly cluster: HoldsOff;
}

/** The row as a look finds it, and what it finds of force that was decided about another state. */
export interface Found {
  readonly before: WriteRow | NewRow;
  /** as it is from now on */
  readonly forceSeen: string | null;
  readonly voided: VoidForce | undefined;
}

export const rewritten = ({ detail: { rewrites } }: WriteRow): SyncDetail =>
  rewrites === undefined ? {} : { rewrites };

export type WriteRow = Omit<SyncRow, 'since'>;
export type NewRow = WriteRow & { readonly isNew: true };

export const newRow = (name: string): NewRow => ({ ...newSync(name), isNew: true });

export const asFound = (before: SyncRow): Found => ({ before, forceSeen: before.forceSeen, voided: undefined });

/**
 * Writes only what is news: a resync of ten thousand pools that are as they should be writes nothing. `again`: the row was another one
 * by then. Who decided something else brings it up, but a row that was read before our own last outcome was written is brought up by nobody.
 */
export async function note(
  options: NoteOptions,
  { before, forceSeen, voided }: Found,
  after: WriteRow,
  taken: LivePool | null = null,
): Promise<SyncOutcome> {
  const same =
    !('isNew' in before) &&
    before.state === after.state &&
    before.reason === after.reason &&
    before.applied?.version === after.applied?.version &&
    before.applied?.uid === after.applied?.uid &&
    before.settledVersion === after.settledVersion &&
    before.forceSeen === forceSeen &&
    isDeepStrictEqual(before.detail, after.detail);
  if (same) return 'settled';
  const row = outcomeOf({ ...after, forceSeen });
  const noted = await options.write({ name: after.name, row, found: before, taken, voided });
  return noted ? 'settled' : 'again';
}

const outcomeOf = (row: WriteRow): SyncOutcomeRow => {
  const { name, state, reason, detail, applied, settledVersion, forceVersion, forceSeen } = row;
  const isVoid = forceVersion !== null && forceSeen === null;
  return { name, state, reason, detail, applied, settledVersion, ...(isVoid ? { forceVoid: forceVersion } : {}) };
};

interface Failing {
  /** the reason where the cluster does not want what was asked */
  readonly refused?: SyncReason;
  /** where that stands: the object that what was sent before fits still, and the version that is decided; null: none */
  readonly settles?: { readonly live: LivePool; readonly version: number } | null;
  /** where that stands, what is known as applied; absent: as before */
  readonly made?: SyncRow['applied'] | undefined;
}

export async function fail(
  options: NoteOptions,
  found: Found,
  error: KubeError,
  { refused, settles = null, made }: Failing = {},
): Promise<SyncOutcome> {
  const { before } = found;
  const { outcome, detail, ...stand } = refusedBy(error, refused);
  const applied = made === undefined || stand.state === 'Pending' ? before.applied : made;
  const after = { ...before, ...stand, applied, detail: { ...rewritten(before), ...detail } };
  const noted =
    settles === null || stand.state === 'Pending'
      ? await note(options, found, after)
      : await noteHeldOff(options, found, { ...after, settledVersion: settles.version }, settles.live);
  return noted === 'settled' ? outcome : noted;
}

/** Nothing that this look sends moves the object: what was sent before is held off before it is noted how it stands. */
export async function noteHeldOff(
  options: NoteOptions,
  found: Found,
  after: WriteRow,
  live: LivePool,
): Promise<SyncOutcome> {
  let taken: LivePool | null;
  try {
    taken = await options.cluster.holdOff(live);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return fail(options, found, error);
  }
  const noted = await note(options, found, after, taken);
  if (noted === 'settled') options.late.settled(live.name);
  return noted;
}
