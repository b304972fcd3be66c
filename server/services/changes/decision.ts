/** What somebody wants to change, and what that makes of the state: `applyChange` carries it out. */
import type { PoolField } from '../../../core/cluster/compare.ts';
import type { ClusterSettings } from '../../../core/nat/settings.ts';
import type { Pool } from '../../../core/pool/spec.ts';
import type { Queryable } from '../../db/client.ts';
import type { Desired } from '../../db/desired.ts';
import type { StoredPool } from '../../db/pools.ts';
import type { Actor } from '../actor.ts';
import type { Action, Content } from './change-view.ts';

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
  /**
   * Runs under the lock; in a rehearsal without, where nothing can be written, and before it in what may be changed without
   * (`mustChangePool`): twice then, maybe. Holds a connection: whatever it waits for must need no other. May throw AppError; an empty
   * list changes nothing.
   */
  decide(current: Current, tx: Queryable): readonly Decision[] | Promise<readonly Decision[]>;
}
