/**
 * The one way to change what is desired.
 *
 * Every change locks the one row of the desired state, so changes happen one after the other: sequences have no gaps, a
 * lower one is never committed after a higher one, and what was validated is what is written. The pools, the change row,
 * the new revision and the notice to the other servers are one transaction: there is no change without its audit row.
 * A change reads only the pools it names and those it overlaps, and the revision costs two hashes a pool.
 */
import type { PoolField } from '../../../core/cluster/compare.ts';
import { changedObjects } from '../../../core/cluster/felix-objects.ts';
import { takenBack, withReleased } from '../../../core/cluster/released.ts';
import { type ClusterSettings, noSettings } from '../../../core/nat/settings.ts';
import { validateSettings } from '../../../core/nat/validate-settings.ts';
import type { Pool, PoolSpec, Violation } from '../../../core/pool/spec.ts';
import { addedViolationsOfSet } from '../../../core/pool/validate.ts';
import { addShare, hostsMatter, removeShare, revisionOf } from '../../../core/wire/revision.ts';
import type { Database, Queryable } from '../../db/client.ts';
import { type Desired, lockDesired, readDesired, writeChange } from '../../db/desired.ts';
import { holdLive } from '../../db/live.ts';
import { poolsTouching, type StoredPool } from '../../db/pools.ts';
import { showReleased, writeReleased } from '../../db/released.ts';
import { settingsSync } from '../../db/sync.ts';
import { noticeText } from '../../events/notice.ts';
import { sumOfShares } from '../../state/shares.ts';
import { type Actor, system } from '../actor.ts';
import { AppError, type PoolViolation } from '../app-error.ts';
import type { Action, ChangeView, Content } from './change-view.ts';

export interface Current {
  readonly desired: Desired;
  /** the pools that were named, and those that the new CIDRs overlap; of what is let go with the cluster's values */
  readonly pools: ReadonlyMap<string, StoredPool>;
}

/** What is to become of the state. Pools to write have canonical CIDRs. */
export interface Decision {
  readonly action: Action;
  readonly upsert?: readonly Pool[];
  readonly remove?: readonly string[];
  readonly settings?: ClusterSettings;
  readonly hosts?: readonly string[];
  /** what of the cluster is no longer waited for: nothing that is desired changes */
  readonly follow?: Follow;
  /** what stood in the cluster, where that is what changes; null: nothing did */
  readonly before?: Content | null;
  /** of the one pool: its fields that others decide from here on */
  readonly released?: readonly PoolField[];
  /** the pools are as the cluster has them: rules that they break are not ours to refuse */
  readonly asFound?: boolean;
}

export interface Follow {
  readonly pools: readonly string[];
  /** names of FelixConfigurations */
  readonly settings: readonly string[];
  readonly before: Content;
  readonly after: Content;
}

export interface Intent {
  readonly actor: Actor;
  readonly reason: string | null;
  /** the pools that may be written or removed */
  readonly names: readonly string[];
  /** readable CIDRs of the pools that may be written */
  readonly cidrs: readonly string[];
  /** Runs under the lock; in a rehearsal without, where nothing can be written. May throw AppError; an empty list changes nothing. */
  decide(current: Current, tx: Queryable): readonly Decision[] | Promise<readonly Decision[]>;
}

export interface Applied {
  /** the last change written; null if nothing had to change */
  readonly change: ChangeView | null;
  readonly revision: string;
}

/** Throws POOL_VIOLATIONS or SETTINGS_VIOLATIONS with everything that the change would add, and what `decide` throws. */
export function applyChange(db: Database, intent: Intent): Promise<Applied> {
  return db.transaction(async (tx) => {
    const desired = await lockDesired(tx);
    const { current, decisions, stored, released } = await prepare(tx, desired, intent);
    // their rows in sync are the leader's to write as well, in an order of its own
    if (released.size > 0) await holdLive(tx);
    for (const [name, { is }] of released) await writeReleased(tx, name, is);
    let now: Applied & { desired: Desired } = { change: null, revision: desired.revision, desired };
    for (const decision of decisions) {
      now = await write(tx, intent, { ...current, desired: now.desired, stored, released }, decision);
    }
    return { change: now.change, revision: now.revision };
  });
}

/** The same without lock and without writing: throws what the change would throw, and returns what it would decide. */
export function rehearseChange(
  db: Database,
  intent: Intent,
): Promise<{ current: Current; decisions: readonly Decision[] }> {
  return db.transaction(async (tx) => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return prepare(tx, await readDesired(tx), intent);
  });
}

interface Prepared {
  readonly current: Current;
  readonly decisions: readonly Decision[];
  /** the pools as they are stored */
  readonly stored: ReadonlyMap<string, StoredPool>;
  /** by pool the fields that others decide, before and after, where the change moves that */
  readonly released: ReadonlyMap<string, { readonly was: readonly PoolField[]; readonly is: readonly PoolField[] }>;
}

/** A field that was let go, and of which another value is decided now than it has, is decided here again. */
async function prepare(db: Queryable, desired: Desired, intent: Intent): Promise<Prepared> {
  const none: Awaited<ReturnType<typeof poolsTouching>> = { pools: [], released: new Map() };
  const { pools: touched, released: known } =
    intent.names.length + intent.cidrs.length === 0 ? none : await poolsTouching(db, intent.names, intent.cidrs);
  const stored = new Map(touched.map((pool) => [pool.name, pool]));
  const current: Current = {
    desired,
    pools: new Map(showReleased(touched, known).map((pool) => [pool.name, pool])),
  };
  const released = new Map<string, { was: readonly PoolField[]; is: readonly PoolField[] }>();
  const settle = ({ name, spec }: Pool, said: readonly PoolField[] | undefined): Pool => {
    const { fields: was, live } = known.get(name) ?? { fields: [], live: null };
    const back = takenBack(spec, was, current.pools.get(name)?.spec ?? spec);
    const is = said ?? was.filter((field) => !back.includes(field));
    if (is.length !== was.length) released.set(name, { was, is });
    return { name, spec: withReleased(spec, said ?? is, live) };
  };
  const decisions = (await intent.decide(current, db)).map((decision) => {
    const { upsert, released: said } = decision;
    return upsert === undefined ? decision : { ...decision, upsert: upsert.map((pool) => settle(pool, said)) };
  });
  for (const decision of decisions) if (!decision.asFound) refuseViolations(current, decision);
  return { current, decisions, stored, released };
}

/** Pools and settings may already break rules (an older version wrote them): a change must not add to that. */
function refuseViolations(current: Current, decision: Decision): void {
  const upsert = decision.upsert ?? [];
  const before = [...current.pools.values()].map(plain);
  const rewritten = new Map(upsert.map((pool) => [pool.name, pool]));
  const removed = new Set(decision.remove ?? []);
  const after = [...before.filter((pool) => !rewritten.has(pool.name) && !removed.has(pool.name)), ...upsert];
  refusePools(before, after, upsert);
  // Settings that are changed are checked against every pool by who changes them (settings/update-settings.ts).
  if (decision.settings === undefined)
    refuseSettings(current.desired.settings, before, current.desired.settings, after);
}

/** More than anybody reads: thousands of pools in one place would be millions of violations. */
export const MOST_VIOLATIONS = 1000;

/** Throws POOL_VIOLATIONS (with the first 1000) for what `changed` break in `after`, where they stand, and did not in `before`; both sets hold all that matter. */
export function refusePools(before: readonly Pool[], after: readonly Pool[], changed: readonly Pool[]): void {
  const names = changed.map(({ name }) => name);
  const added = addedViolationsOfSet(before, after, { names, most: MOST_VIOLATIONS });
  // An overlap is said of both pools; the one that was there before is not the one to correct.
  const violations: PoolViolation[] = [...added].flatMap(([name, found]) =>
    found.map((one) => (changed.length > 1 ? { ...one, pool: name } : one)),
  );
  if (violations.length > 0) {
    throw new AppError('POOL_VIOLATIONS', summary(violations), { violations: violations.slice(0, MOST_VIOLATIONS) });
  }
}

/** Throws SETTINGS_VIOLATIONS for what holds in `now` and did not in `was`; pools are those that matter. */
export function refuseSettings(
  was: ClusterSettings,
  poolsBefore: readonly Pool[],
  now: ClusterSettings,
  poolsAfter: readonly Pool[],
): void {
  const key = (one: Violation): string => `${one.field} ${one.message}`;
  const known = new Set(validateSettings(was, poolsBefore).map(key));
  const violations = validateSettings(now, poolsAfter).filter((one) => !known.has(key(one)));
  if (violations.length > 0) throw new AppError('SETTINGS_VIOLATIONS', summary(violations), { violations });
}

const summary = (violations: readonly PoolViolation[]): string =>
  violations
    .slice(0, 5)
    .map(({ pool, message }) => (pool === undefined ? message : `${pool}: ${message}`))
    .join('; ') +
  (violations.length >= MOST_VIOLATIONS
    ? `; and at least ${MOST_VIOLATIONS - 5} more`
    : violations.length > 5
      ? `; and ${violations.length - 5} more`
      : '');

async function write(
  tx: Queryable,
  intent: Intent,
  current: Prepared['current'] & Omit<Prepared, 'current' | 'decisions'>,
  decision: Decision,
) {
  const { desired } = current;
  const upsert = decision.upsert ?? [];
  const remove = decision.remove ?? [];
  const names = [...upsert.map((pool) => pool.name), ...remove];
  const old = names.flatMap((name) => current.pools.get(name) ?? []);
  const stored = names.flatMap((name) => current.stored.get(name) ?? []);
  const cleared = removeShare(desired.poolSum, await sumOfShares(stored.map(plain)));
  const poolSum = addShare(cleared, await sumOfShares(upsert));
  const settings = decision.settings ?? desired.settings;
  const hosts = decision.hosts ?? desired.hosts;
  const next: Desired = {
    sequence: desired.sequence + 1,
    revision: revisionOf(poolSum, settings, hosts),
    poolSum,
    settings,
    settingsVersion: desired.settingsVersion + (decision.settings === undefined ? 0 : 1),
    hosts,
  };
  const pools = [...new Set([...upsert.map((pool) => pool.name), ...remove, ...(decision.follow?.pools ?? [])])].sort();
  const content = contentsOf(
    decision,
    desired,
    old.map((pool) => told(pool, current.released)),
  );
  const own = decision.action !== 'hosts.update'; // hosts move with the nodes: nobody asked for it
  const actor = own ? intent.actor : system;
  const row = {
    actor: actor.name,
    role: actor.role,
    action: decision.action,
    target: targetOf(decision, pools),
    reason: own ? intent.reason : null,
    ...content,
  };
  // another decision than the one that was to be applied by force
  if (decision.action === 'settings.update') await settingsSync.unforce(tx, changedObjects(desired.settings, settings));
  const { at, nodes } = await writeChange(tx, {
    ...row,
    next,
    upsert,
    remove,
    actorId: actor.id,
    pools,
    notice: noticeText({ kind: 'change', sequence: next.sequence, ...onePool(pools) }),
  });
  const change: ChangeView = {
    ...row,
    id: next.sequence,
    at: at.toISOString(),
    revision: next.revision,
    pools: pools.length,
    nodes: { holding: 0, total: nodes },
  };
  return { change, revision: next.revision, desired: next };
}

function contentsOf(
  decision: Decision,
  desired: Desired,
  old: readonly Pool[],
): { before: Content | null; after: Content | null } {
  const upsert = [...(decision.upsert ?? [])];
  if (decision.before !== undefined) return { before: decision.before, after: decision.settings ?? upsert[0] ?? null };
  if (decision.follow !== undefined) return { before: decision.follow.before, after: decision.follow.after };
  switch (decision.action) {
    case 'settings.update':
    case 'settings.force':
      return { before: desired.settings, after: decision.settings ?? noSettings };
    case 'hosts.update':
      return {
        before: { hosts: hostsMatter(desired.settings) ? [...desired.hosts] : [] },
        after: { hosts: [...(decision.hosts ?? [])] },
      };
    case 'pool.import':
    case 'pool.adopt':
      return { before: [...old], after: upsert };
    default:
      return { before: old[0] ?? null, after: upsert[0] ?? null };
  }
}

/** An import of thousands must not make a target that no index and no line can hold; `pools` has all names. */
function targetOf(decision: Decision, pools: readonly string[]): string {
  if (decision.settings !== undefined) return 'settings';
  if (decision.hosts !== undefined) return 'hosts';
  const names = [...pools, ...(decision.follow?.settings ?? []).map((name) => `FelixConfiguration ${name}`)];
  const rest = names.length - 3;
  return rest <= 0 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${rest} more`;
}

/** More names might not fit into a notice. */
const onePool = ([pool, ...others]: readonly string[]): { pool?: string } =>
  pool === undefined || others.length > 0 ? {} : { pool };

/** With the fields that the change lets go, or takes back. */
function told(pool: Pool, released: Prepared['released']): Pool & { letGo?: string[]; takenBack?: string[] } {
  const { was, is } = released.get(pool.name) ?? { was: [], is: [] };
  const letGo = is.filter((field) => !was.includes(field));
  const back = was.filter((field) => !is.includes(field));
  return {
    ...plain(pool),
    ...(letGo.length === 0 ? {} : { letGo }),
    ...(back.length === 0 ? {} : { takenBack: back }),
  };
}

const plain = ({ name, spec }: { name: string; spec: PoolSpec }): Pool => ({ name, spec });
