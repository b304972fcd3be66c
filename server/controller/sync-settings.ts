/** Brings the NAT settings of one FelixConfiguration to what is decided here, or says why not. By level, as sync-pool.ts. */
import { isDeepStrictEqual } from 'node:util';
import { decideSettings, differingSettings, holdersOf, statedFields } from '../../core/cluster/decide-settings.ts';
import { pathOf, settingsIn } from '../../core/cluster/felix-objects.ts';
import type { LiveFelix } from '../../core/cluster/live-settings.ts';
import { ourClaim } from '../../core/cluster/managed-fields.ts';
import { seenOfSettings } from '../../core/cluster/seen.ts';
import { type VoidForce, voidSettingsForce } from '../../core/cluster/void-force.ts';
import type { NatSettings } from '../../core/nat/settings.ts';
import { lastSettingsDecision, settingsChangesBetween, settingsDecided } from '../db/changes.ts';
import type { Database } from '../db/client.ts';
import { readDesired } from '../db/desired.ts';
import { lockLive } from '../db/live.ts';
import { readLiveFelixes } from '../db/live-felix.ts';
import { newSync, type SyncOutcomeRow, settingsSync } from '../db/sync.ts';
import { writeVoidForce } from '../db/void-force.ts';
import { noticeText } from '../events/notice.ts';
import { KubeError } from '../kube/kube-error.ts';
import type { ApplyRequest, SeenObject } from './apply-request.ts';
import type { LateWrites } from './late-writes.ts';
import { mirrorSettingsIn } from './mirror-settings.ts';
import { refusedBy, type SyncOutcome } from './refused-by.ts';

export interface ClusterFelix {
  /** Rejects with a KubeError. */
  apply(request: ApplyRequest<NatSettings>): Promise<LiveFelix>;
  /** As `HoldsOff`. */
  holdOff(felix: SeenObject): Promise<LiveFelix | null>;
}

export interface SyncSettingsOptions {
  readonly db: Database;
  readonly cluster: ClusterFelix;
  readonly epoch: number;
  readonly late: LateWrites;
}

/** `name` is that of the object. Throws TermOver when another leads; nothing was noted then. */
export async function syncSettings(options: SyncSettingsOptions, name: string): Promise<SyncOutcome> {
  const { db, cluster, late } = options;
  const { desired, sequence, row, live } = await readAtOnce(db, name);
  const { applied: before, forceVersion, forceSeen } = row ?? newSync(name);
  const forced = forceVersion !== null && forceSeen === seenOfSettings(desired, live);
  // what came since force was decided was not decided about
  const isVoid = forceVersion !== null && forceSeen !== null && !forced;
  const isNow = isVoid ? { forceVoid: forceVersion } : {};
  const voided = isVoid ? voidSettingsForce(forceVersion, { name, desired, live }) : undefined;
  const decided = await lastSettingsDecision(db, name, sequence);
  // claims that nobody decided here are those of another database, or of one that this is a backup of
  if (decided === 0) return 'settled';
  const appliedVersion = before?.version ?? 0;
  const settledBefore = row?.settledVersion ?? null;
  const isNoted = decided <= (settledBefore ?? 0);
  const isOurs = live !== undefined && ourClaim(live.claims) !== undefined;
  const mayComeLate = !isNoted && isOurs && late.mayCome(name, live.resourceVersion);
  const note = async (stand: Stand, { applied = before, isSettled = false, taken }: Noting = {}): Promise<void> => {
    const settledVersion = isSettled && !isNoted ? decided : settledBefore;
    // only what is news: a resync of settings that are as they should be writes nothing
    const same =
      !isVoid &&
      row?.state === stand.state &&
      row.reason === stand.reason &&
      settledVersion === settledBefore &&
      isDeepStrictEqual(applied, before) &&
      isDeepStrictEqual(row.detail, stand.detail);
    if (!same)
      await write(options, name, { row: { name, ...stand, ...isNow, applied, settledVersion }, taken, voided });
    if (isSettled) late.settled(name);
  };
  /** Nothing that this look sends moves the object: what was sent before is held off first. */
  const noteAsIs = async (stand: Stand, applied = before): Promise<SyncOutcome> => {
    let taken: LiveFelix | null = null;
    try {
      if (mayComeLate) taken = await cluster.holdOff(live);
    } catch (error) {
      return refuse(error);
    }
    await note(stand, { applied, isSettled: mayComeLate || stand.state === 'Synced', taken });
    return 'settled';
  };
  const refuse = async (error: unknown): Promise<SyncOutcome> => {
    if (!(error instanceof KubeError)) throw error;
    const { outcome, ...stand } = refusedBy(error);
    await note(stand);
    return outcome;
  };
  const decision = decideSettings({
    desired,
    live: live ?? null,
    applied: before && { settings: before.spec },
    forced,
    since: decided > appliedVersion ? await settingsDecided(db, name, { after: appliedVersion, until: sequence }) : [],
  });
  if (decision.do === 'forget') {
    if (row !== undefined) await write(options, name, { row: null });
    return 'settled';
  }
  if (decision.do === 'nothing') {
    const { state, reason, fields, managers } = decision;
    // the cluster says it already: that it has the last decision too is what History goes by
    const version = state === 'Synced' ? await heldUntil(db, name, appliedVersion, sequence) : appliedVersion;
    // nor is anything of it sent again where others change it from here on, whoever brought it there
    const applied = live === undefined ? before : { uid: before?.uid ?? live.uid, version, spec: desired };
    return noteAsIs({ state, reason, detail: { fields, managers } }, applied);
  }
  const resourceVersion = live?.resourceVersion ?? null;
  let taken: LiveFelix;
  try {
    const { settings, uid, force } = decision;
    const request = { name, spec: settings, uid, resourceVersion, force };
    taken = await late.sending(name, resourceVersion, () => cluster.apply(request));
    if (mayComeLate && taken.resourceVersion === resourceVersion) taken = (await cluster.holdOff(taken)) ?? taken;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    const { outcome, ...stand } = refusedBy(error);
    if (stand.state === 'Pending') return refuse(error);
    return (await noteAsIs(stand)) === 'again' ? 'again' : outcome;
  }
  const left = differingSettings(desired, taken.settings);
  const stand =
    left.length === 0
      ? ({ state: 'Synced', reason: 'AsDesired', detail: {} } as const)
      : ({
          state: 'OutOfSync',
          reason: 'FieldChangedInCluster',
          detail: { fields: left, managers: holdersOf(taken, left) },
        } as const);
  const applied = { uid: taken.uid, version: sequence, spec: desired };
  const outcome = statedFields(desired).length === 0 ? null : { name, ...stand, applied, settledVersion: decided };
  await write(options, name, { row: outcome, taken, voided });
  late.settled(name);
  return 'settled';
}

type Stand = Pick<SyncOutcomeRow<NatSettings>, 'state' | 'reason' | 'detail'>;

interface Noting {
  readonly applied?: SyncOutcomeRow<NatSettings>['applied'];
  /** of what was sent before nothing is carried out late any more */
  readonly isSettled?: boolean;
  /** the object as it was held off */
  readonly taken?: LiveFelix | null;
}

/** So many changes that decided about other objects are looked at again and again; with more, that they are known is written. */
const MOST_OF_OTHERS = 20;

/** The last change that the object is known to be in accord with, when it is in accord with all up to `sequence`. */
async function heldUntil(db: Database, name: string, version: number, sequence: number): Promise<number> {
  const { many, last, lastOwn } = await settingsChangesBetween(db, pathOf(name), { after: version, until: sequence });
  return Math.max(version, many > MOST_OF_OTHERS ? last : lastOwn);
}

/** Of one moment: the use of force that is decided between two reads would count as done, and never was. */
function readAtOnce(db: Database, name: string) {
  return db.transaction(async (tx) => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { settings, sequence } = await readDesired(tx);
    const [row] = await settingsSync.read(tx, [name]);
    const [live] = await readLiveFelixes(tx, [name]);
    return { desired: settingsIn(settings, name), sequence, row, live };
  });
}

interface Written {
  /** null: nothing of the object is ours any more */
  readonly row: SyncOutcomeRow<NatSettings> | null;
  /** the object as we left it */
  readonly taken?: LiveFelix | null | undefined;
  /** the use of force that is found void */
  readonly voided?: VoidForce | undefined;
}

async function write({ db, epoch }: SyncSettingsOptions, name: string, { row, taken, voided }: Written): Promise<void> {
  await db.transaction(async (tx) => {
    const live = await lockLive(tx, epoch);
    // first: what moved is not told as carrying it out
    if (voided !== undefined) await writeVoidForce(tx, voided);
    if (taken) await mirrorSettingsIn(tx, live, { seen: [taken], gone: [] });
    if (row === null) await settingsSync.remove(tx, [name]);
    else await settingsSync.writeOutcomes(tx, [row]);
    await tx.query(`SELECT pg_notify('outgate', $1)`, [noticeText({ kind: 'sync' })]);
  });
}
