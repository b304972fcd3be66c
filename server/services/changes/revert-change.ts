/** Undoing a change is a new change: History only grows. */
import { differingFields } from '../../../core/cluster/compare.ts';
import { withReleased } from '../../../core/cluster/released.ts';
import { standingActions } from '../../../core/cluster/sync-state.ts';
import { canonicalSettings, sameSettings } from '../../../core/nat/canonical-settings.ts';
import type { ClusterSettings } from '../../../core/nat/settings.ts';
import type { Pool, Warning } from '../../../core/pool/spec.ts';
import { changeNumber, isLive } from '../../../core/wire/change-number.ts';
import { findChange, type LoggedChange, laterChanges } from '../../db/changes.ts';
import type { Queryable } from '../../db/client.ts';
import { readDesired } from '../../db/desired.ts';
import { type ReleasedByName, readReleased } from '../../db/released.ts';
import { poolsOf } from '../../state/effect.ts';
import { type Actor, system } from '../actor.ts';
import { AppError } from '../app-error.ts';
import type { Deps } from '../deps.ts';
import { foreseenSaves } from '../pools/foreseen-saves.ts';
import { readableCidrs, sameSpec } from '../pools/pool-input.ts';
import { writeYaml } from '../pools/write-yaml.ts';
import { requiredReason } from '../reason.ts';
import { previewSettings, type SettingsEffect } from '../settings/preview-settings.ts';
import { rehearseSettings } from '../settings/rehearse-settings.ts';
import { decideSettings } from '../settings/settings.ts';
import { applyChange, rehearseChange } from './apply-change.ts';
import type { ChangeView } from './change-view.ts';
import type { Current, Decision, Intent } from './decision.ts';
import { changeNotFound } from './list-changes.ts';

export interface Conflict {
  /** the pool, or `settings` */
  readonly target: string;
  /** the later changes of it, the oldest first */
  readonly changes: { id: number; at: string; actor: string; action: string }[];
}

export interface Reverted {
  /** null: a dry run */
  readonly change: ChangeView | null;
  readonly revision: string;
  /** what would be (or was) taken back: text as it is, and as it becomes */
  readonly diff: { readonly before: string; readonly after: string };
  /** empty unless it is a dry run: with a conflict nothing is written */
  readonly conflicts: Conflict[];
  /** the pools that would be (or were) written */
  readonly back: readonly Pool[];
}

export interface RevertPreview extends Omit<Reverted, 'change' | 'back'> {
  /** of pools that go back: what the cluster will not take of them, or has under their names */
  readonly warnings: (Warning & { pool: string })[];
  /** what becomes of connections; null where it is not settings that go back, or cannot */
  readonly effect: SettingsEffect | null;
}

/** What reverting would do. Throws what it would throw, but conflicts are returned; whoever asks cannot write. */
export async function previewRevert(deps: Deps, id: number): Promise<RevertPreview> {
  const { change: _, back, ...preview } = await revertChange(deps, system, { id, dryRun: true });
  const [change, foreseen] = await Promise.all([findChange(deps.db, id), foreseenSaves(deps, back)]);
  const warnings = back.flatMap((pool) => foreseen(pool).map((warning) => ({ ...warning, pool: pool.name })));
  const settings = change?.action === 'settings.update' && preview.conflicts.length === 0;
  return {
    ...preview,
    warnings,
    effect: settings ? await previewSettings(deps, change.before as ClusterSettings) : null,
  };
}

/**
 * Brings everything that the change touched back to what it was before it. Throws REASON_REQUIRED, NOT_FOUND,
 * INVALID_INPUT (the nodes' addresses cannot be taken back), CHANGED_SINCE naming the later changes, NOTHING_CHANGES,
 * POOL_VIOLATIONS, SETTINGS_VIOLATIONS (of settings also with the cluster's own words). A dry run needs no reason, and returns conflicts instead of throwing them.
 */
export async function revertChange(
  deps: Deps,
  actor: Actor,
  input: { id: number; reason?: string | undefined; dryRun?: boolean | undefined },
): Promise<Reverted> {
  const reason = input.dryRun ? null : requiredReason(input.reason);
  const change = await findChange(deps.db, input.id);
  if (change === null) throw changeNotFound(input.id);
  if (change.action === 'hosts.update') {
    const said = isLive(change.sequence) ? "the cluster's Node objects say" : 'the nodes say they are';
    const message = `change ${changeNumber(change.sequence)} cannot be taken back: the nodes' addresses are what ${said}`;
    throw new AppError('INVALID_INPUT', message, { issues: [{ field: 'id', message }] });
  }
  if (isLive(change.sequence) || standingActions.includes(change.action)) {
    // what a policy wrote back there was decided here
    const isTheirs = isLive(change.sequence) && change.action !== 'pool.enforce';
    const why = isTheirs
      ? 'was made in the cluster: it is taken back there, and what is decided here is decided anew'
      : 'is about how something stands in the cluster: decide that anew instead';
    const message = `change ${changeNumber(change.sequence)} ${why}`;
    throw new AppError('INVALID_INPUT', message, { issues: [{ field: 'id', message }] });
  }
  const seen: { diff: Reverted['diff']; conflicts: Conflict[]; back: Reverted['back'] } = {
    diff: { before: '', after: '' },
    conflicts: [],
    back: [],
  };
  const intent: Intent = {
    actor,
    reason,
    names: change.pools,
    cidrs: readableCidrs(poolsOf(change.action === 'settings.update' ? null : change.before)),
    decide: async (current, tx) => {
      const undone =
        change.action === 'settings.update' ? undoSettings(change, current) : await undoPools(change, current, tx);
      seen.diff = undone.diff;
      seen.conflicts = await conflictsOf(change, undone.changedSince, tx);
      if (seen.conflicts.length > 0) {
        if (input.dryRun) return [];
        throw changedSince(change, seen.conflicts);
      }
      if (undone.decision === null) {
        throw new AppError('NOTHING_CHANGES', `everything is as it was before change ${change.sequence} already`);
      }
      const { settings, upsert = [] } = undone.decision;
      seen.back = upsert;
      return settings === undefined ? [undone.decision] : decideSettings(deps, current.desired, settings, tx);
    },
  };
  if (change.action === 'settings.update') await rehearseRevert(deps, change);
  if (input.dryRun) {
    const { current } = await rehearseChange(deps.db, intent);
    return { change: null, revision: current.desired.revision, ...seen };
  }
  return { ...(await applyChange(deps.db, intent)), ...seen };
}

/** Where something was changed since, that is what is to be said. */
async function rehearseRevert(deps: Deps, change: LoggedChange): Promise<void> {
  const { settings } = await readDesired(deps.db);
  if (!sameSettings(settings, change.after as ClusterSettings)) return;
  await rehearseSettings(deps, settings, change.before as ClusterSettings);
}

interface Undone {
  /** null: nothing to do */
  readonly decision: Decision | null;
  readonly diff: Reverted['diff'];
  /** what is not as the change left it: pools, or `settings` */
  readonly changedSince: readonly string[];
}

async function undoPools(change: LoggedChange, current: Current, tx: Queryable): Promise<Undone> {
  const { before, after } = sidesOf(change, current, await readReleased(tx, change.pools));
  const now = (name: string): Pool | undefined => current.pools.get(name);
  const todo = change.pools.filter((name) => !same(now(name), before.get(name)));
  const upsert = todo.flatMap((name) => before.get(name) ?? []);
  const remove = todo.filter((name) => !before.has(name));
  const action = change.action === 'pool.import' ? 'pool.import' : upsert.length === 0 ? 'pool.delete' : undefined;
  const single = upsert.some(({ name }) => now(name) === undefined) ? 'pool.create' : 'pool.update';
  return {
    decision: todo.length === 0 ? null : { action: action ?? single, upsert, remove },
    diff: {
      before: await yamlOf(todo.flatMap((name) => plain(now(name)))),
      after: await yamlOf(upsert),
    },
    changedSince: todo.filter((name) => !same(now(name), after.get(name))),
  };
}

/** What it changed, by name. A released field that it did not decide is as the cluster has it now: that is no change since, and does not go back. */
function sidesOf(
  change: LoggedChange,
  { pools }: Current,
  released: ReleasedByName,
): Record<'before' | 'after', ReadonlyMap<string, Pool>> {
  const before = new Map(poolsOf(change.before).map((pool) => [pool.name, pool]));
  const after = new Map(poolsOf(change.after).map((pool) => [pool.name, pool]));
  const beside = ({ name, spec }: Pool): Pool => {
    const [was, is] = [before.get(name), after.get(name)];
    const decided = was === undefined || is === undefined ? [] : differingFields(is.spec, was.spec);
    const theirs = released.get(name)?.fields.filter((field) => !decided.includes(field)) ?? [];
    return { name, spec: withReleased(spec, theirs, pools.get(name)?.spec ?? null) };
  };
  const all = (side: ReadonlyMap<string, Pool>) => new Map([...side.values()].map((pool) => [pool.name, beside(pool)]));
  return { before: all(before), after: all(after) };
}

function undoSettings(change: LoggedChange, { desired }: Current): Undone {
  const before = canonicalSettings(change.before as ClusterSettings); // without what stands beside them
  const done = sameSettings(desired.settings, before);
  return {
    decision: done ? null : { action: 'settings.update', settings: before },
    diff: { before: textOf(desired.settings), after: textOf(before) },
    changedSince: done || sameSettings(desired.settings, change.after as ClusterSettings) ? [] : ['settings'],
  };
}

async function conflictsOf(change: LoggedChange, targets: readonly string[], tx: Queryable): Promise<Conflict[]> {
  if (targets.length === 0) return [];
  const settings = change.action === 'settings.update';
  const later = await laterChanges(tx, change.sequence, { pools: settings ? [] : targets, settings });
  return targets.map((target) => ({
    target,
    changes: later
      .filter(({ pools }) => settings || pools.includes(target))
      .map(({ sequence, at, actor, action }) => ({ id: sequence, at: at.toISOString(), actor, action })),
  }));
}

function changedSince(change: LoggedChange, conflicts: readonly Conflict[]): AppError {
  const issues = conflicts.map(({ target, changes }) => {
    const by = changes.map(({ id, action, actor }) => `change ${id} (${action} by ${actor})`).join(', ');
    return { field: target, message: `${target} was changed since ${by === '' ? 'in the cluster' : `by ${by}`}` };
  });
  const text = issues.map(({ message }) => message).join('; ');
  return new AppError('CHANGED_SINCE', `change ${change.sequence} cannot be taken back: ${text}`, { issues });
}

const same = (a: Pool | undefined, b: Pool | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameSpec(a.spec, b.spec);
const plain = (pool: Pool | undefined): Pool[] => (pool === undefined ? [] : [{ name: pool.name, spec: pool.spec }]);
const yamlOf = async (pools: readonly Pool[]): Promise<string> => (pools.length === 0 ? '' : writeYaml(pools, 'v3'));
/** One field a line, as History shows it. */
const textOf = ({ global, nodes }: ClusterSettings): string =>
  [
    ['', global] as const,
    ...Object.keys(nodes)
      .sort()
      .map((node) => [`${node} `, nodes[node] ?? {}] as const),
  ]
    .flatMap(([place, own]) => Object.entries(own).map(([field, value]) => `${place}${field}: ${value}\n`))
    .join('');
