/** What keeps the cluster from taking a pool as it is about to be saved, as warnings: who holds what, and whose pool has the name. */
import type { Pool, PoolSpec, Warning } from '../pool/spec.ts';
import { differingFields, type PoolField } from './compare.ts';
import { decideSync, differingHolders, type SyncInput } from './decide-sync.ts';
import { fewNames } from './few-names.ts';
import type { LivePool } from './live-pool.ts';
import { othersOn } from './managed-fields.ts';
import { takenBack, withReleased } from './released.ts';
import type { SyncPolicy, SyncReason } from './sync-state.ts';

export interface Save extends Pick<SyncInput, 'live' | 'applied' | 'remade' | 'policy' | 'released'> {
  readonly pool: Pool;
  /** the pool as it is shown before; null: there is none of this name here */
  readonly shown: PoolSpec | null;
}

export function foreseeSave({ pool, shown, live, applied, remade, policy, released }: Save): Warning[] {
  if (live === null) return [];
  const back = takenBack(pool.spec, released, shown ?? pool.spec);
  const letGo = released.filter((field) => !back.includes(field));
  const decision = decideSync({
    desired: { ...pool, version: (applied?.version ?? 0) + 1 },
    live,
    applied,
    remade,
    policy,
    released: letGo,
    forced: false,
  });
  if (decision.do === 'replace') return live.finalizers === undefined ? [] : [waits(pool.name, live.finalizers)];
  if (decision.do === 'apply') {
    return live.pool === null
      ? []
      : heldFields(live, withReleased(pool.spec, letGo, live.pool.spec), live.pool.spec, decision.force);
  }
  if (decision.reason === 'BeingDeleted') return [goes(pool.name, policy)];
  const way = wayOn(decision.reason, { deleting: live.deleting, isHere: shown !== null });
  if (way === null) return [];
  const message =
    `the cluster has a pool '${pool.name}' already, of ${fewNames(decision.managers)}: saved here, this one is ` +
    `OutOfSync, and theirs stays as it is. ${way}`;
  return [{ code: 'W_CLUSTER_HAS_POOL', field: 'metadata.name', message }];
}

const goes = (name: string, policy: SyncPolicy): Warning => ({
  code: 'W_CLUSTER_POOL_GOES',
  field: 'metadata.name',
  message:
    `the cluster's pool '${name}' is being deleted there: nothing of this save is written to it. When it is gone, ` +
    (policy === 'enforce' ? 'it is made again by the policy enforce' : 'ours can be made again on the pool’s page'),
});

/** It was deleted here. One that nothing holds is gone before this is read. */
const waits = (name: string, finalizers: readonly string[]): Warning => ({
  code: 'W_CLUSTER_POOL_GOES',
  field: 'metadata.name',
  message:
    `the cluster's pool '${name}' was deleted here and goes first, and the finalizer${finalizers.length === 1 ? '' : 's'} ` +
    `${fewNames(finalizers)} ${finalizers.length === 1 ? 'holds' : 'hold'} it there: what is saved is made by itself when it is gone`,
});

/** Null: what is there is ours. */
function wayOn(reason: SyncReason, { deleting, isHere }: { deleting: boolean; isHere: boolean }): string | null {
  if (reason !== 'OwnedElsewhere' && reason !== 'NotAdopted' && reason !== 'PoolMadeAgain') return null;
  if (deleting) return 'It is being deleted: wait until it is gone';
  if (reason === 'OwnedElsewhere') return 'Change it where it comes from';
  if (!isHere) return 'Adopt theirs on the Cluster page instead, and change it then';
  const other = reason === 'NotAdopted' ? 'release ours' : 'apply ours by force';
  return `Take theirs, or ${other}, on the pool’s page`;
}

/** As the API server's merge does it: equal values are shared, and an item of a set goes with its last owner. */
function heldFields(live: LivePool, wanted: PoolSpec, there: PoolSpec, force: boolean): Warning[] {
  return differingFields(wanted, there).flatMap((field) => {
    const whole = othersOn(live.claims, field).filter(({ items }) => items?.[field] === undefined);
    const holders = [...new Set(whole.map(({ manager }) => manager))];
    if (holders.length > 0) return [held(field, conflictWords(field, holders, force))];
    const keepers = differingHolders(live, [field], wanted);
    return keepers.length === 0 ? [] : [held(field, itemWords(field, keepers))];
  });
}

const held = (field: PoolField, message: string): Warning => ({
  code: 'W_CLUSTER_FIELD_HELD',
  field: `spec.${field}`,
  message,
});

const conflictWords = (field: PoolField, holders: readonly string[], force: boolean): string =>
  `${field} is held in the cluster by ${fewNames(holders)}: ${
    force
      ? 'the policy enforce takes it from them'
      : `this save will be contested, and nothing of it is written there until ours is applied by force or ${field === 'cidr' ? 'the pool' : 'the field'} is released`
  }`;

const itemWords = (field: PoolField, keepers: readonly string[]): string =>
  `${field} has items in the cluster that ${fewNames(keepers)} holds: they stay there until taken away by them, or the field is released`;
