/**
 * The effective state as this agent holds it: changed in place by deltas, each at the cost of what it changes, and never
 * without the revision of the result being what the sender says it is.
 */

import { type ClusterSettings, settingsFor } from '../core/nat/settings.ts';
import { validateSettings } from '../core/nat/validate-settings.ts';
import type { Family } from '../core/net/address.ts';
import type { Pool } from '../core/pool/spec.ts';
import { compile } from '../core/rules/compile.ts';
import { applyPools, indexPools, type MemberIndex, type SetDelta } from '../core/rules/delta.ts';
import { addShare, poolShare, removeShare, revisionOf, sumOfPools } from '../core/wire/revision.ts';
import type { Delta, EffectiveState } from '../core/wire/state.ts';
import type { Wanted, WantedFamily } from './dataplane/driver.ts';

export interface HeldState {
  /** null for a source that does not number its changes */
  sequence: number | null;
  revision: string;
  sum: bigint;
  settings: ClusterSettings;
  hosts: readonly string[];
  readonly index: MemberIndex;
}
export type DeltaResult =
  /** `members` is null when more than members changed: settings or the nodes' addresses */
  { readonly ok: true; readonly members: readonly SetDelta[] | null } | { readonly ok: false; readonly reason: string };

/**
 * Why settings cannot be programmed; undefined when they can. The server checks them too, but their texts become words of
 * rules: what reaches iptables is not left to it alone.
 */
export function settingsFault(settings: ClusterSettings): string | undefined {
  // these are about writing alone: what an older server stored must not stop a node
  const faults = validateSettings(settings, [])
    .filter(({ rule }) => !['N7', 'N8'].includes(rule))
    .map(({ field, message }) => `${field}: ${message}`);
  return faults.length === 0 ? undefined : faults.join('; ');
}

/** Undefined when the state does not hash to its revision, or its settings cannot be programmed. */
export function holdSnapshot(state: EffectiveState): HeldState | undefined {
  if (settingsFault(state.settings) !== undefined) return undefined;
  const held = holdState(state.pools, state.settings, state.hosts);
  return held.revision === state.revision ? { ...held, sequence: state.sequence } : undefined;
}

/** State of a source without numbers or revisions: the revision is ours to say. */
export function holdState(pools: readonly Pool[], settings: ClusterSettings, hosts: readonly string[]): HeldState {
  const sum = sumOfPools(pools);
  return { sequence: null, revision: revisionOf(sum, settings, hosts), sum, settings, hosts, index: indexPools(pools) };
}

/** Applies a delta, or leaves the state as it is and says why it does not fit. */
export function applyDelta(held: HeldState, delta: Delta): DeltaResult {
  if (delta.from !== held.sequence) {
    return { ok: false, reason: `the delta starts at sequence ${delta.from}, the state is at ${held.sequence}` };
  }
  const upsert = [...new Map(delta.upsert.map((pool) => [pool.name, pool])).values()];
  let sum = held.sum;
  for (const name of new Set([...delta.remove, ...upsert.map((pool) => pool.name)])) {
    const old = held.index.pools.get(name)?.pool;
    if (old !== undefined) sum = removeShare(sum, poolShare(old));
  }
  for (const pool of upsert) sum = addShare(sum, poolShare(pool));
  const settings = delta.settings ?? held.settings;
  const hosts = delta.hosts ?? held.hosts;
  const fault = delta.settings === undefined ? undefined : settingsFault(delta.settings);
  if (fault !== undefined) return { ok: false, reason: fault };
  if (revisionOf(sum, settings, hosts) !== delta.revision) {
    return { ok: false, reason: `the delta to sequence ${delta.sequence} does not lead to revision ${delta.revision}` };
  }
  const members = applyPools(held.index, { upsert, remove: delta.remove });
  Object.assign(held, { sequence: delta.sequence, revision: delta.revision, sum, settings, hosts });
  return { ok: true, members: delta.settings === undefined && delta.hosts === undefined ? members : null };
}

/** What both families of this node's kernel must hold. */
export function wantedOf(held: HeldState, node: string): Wanted {
  const pools = [...held.index.pools.values()].map(({ pool }) => pool);
  const settings = settingsFor(held.settings, node);
  const family = (one: Family): WantedFamily => {
    const program = compile({ pools, settings, hosts: held.hosts, family: one, randomFully: true });
    const sets = program.sets.map(
      ({ name, counters, members }) => [name, { counters, members: new Set(members) }] as const,
    );
    return { family: one, rules: program.rules, sets: new Map(sets) };
  };
  return { 4: family(4), 6: family(6) };
}

/** Keeps what is wanted in step with member changes. */
export function adjustWanted(wanted: Wanted, deltas: readonly SetDelta[]): void {
  for (const { family, set, add, remove } of deltas) {
    const members = wanted[family].sets.get(set)?.members;
    for (const member of remove) members?.delete(member);
    for (const member of add) members?.add(member);
  }
}

/** The state as it travels and is kept. */
export function stateOf(held: HeldState, sequence: number): EffectiveState {
  const pools = [...held.index.pools.values()].map(({ pool }) => pool);
  return { sequence, revision: held.revision, pools, settings: held.settings, hosts: [...held.hosts] };
}
