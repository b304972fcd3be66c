/** What a server can say of the cluster itself; what the cluster says of pools is in the database. */
import type { NameBook } from '../../../core/names/name-book.ts';
import type { NatSettings } from '../../../core/nat/settings.ts';
import type { Prefix } from '../../../core/net/prefix.ts';
import type { Pool } from '../../../core/pool/spec.ts';
import type { Leading } from '../../controller/lead.ts';
import type { RefusedObject } from '../../controller/rehearse-settings.ts';
import type { BlocksRead } from '../../kube/ipam-blocks.ts';
import type { Cause } from '../../kube/kube-error.ts';
import type { ElectionState } from '../../kube/lease.ts';
import type { ReviewedRight } from '../../kube/rights.ts';

export interface Cluster {
  /**
   * What the cluster would refuse of these pools by name, by dry runs; fields as `spec.cidr`. Where it does not answer about one
   * within 2 s, it is not asked about those that follow.
   */
  rehearsePools(pools: readonly Pool[]): Promise<ReadonlyMap<string, readonly Cause[]>>;
  /**
   * What the cluster would refuse of these settings by name of FelixConfiguration, by dry runs. Empty also when it does not
   * answer within 2 s, or others hold a field.
   */
  rehearseSettings(wanted: ReadonlyMap<string, NatSettings>): Promise<readonly RefusedObject[]>;
  /** `https://10.96.0.1:443` */
  readonly server: string;
  /** pods, services and nodes by name */
  readonly names: NameBook;
  election(): ElectionState;
  /**
   * A change of one pool is being saved. Where this server leads, it goes to the cluster when it is committed, without waiting for its
   * notice; resolves when what is being done with the pool then is over and kept. Resolves at once where nothing is: another server leads,
   * or the pool waits for its turn. Rejects as the save does.
   */
  takeUp: Leading['takeUp'];
  /** Rejects with a KubeError. */
  rights(): Promise<{ user: string; rights: readonly ReviewedRight[] }>;
  /** The addresses of this range that Calico says are in use, read a few seconds ago at most. Rejects with a KubeError. */
  usedAddresses(range: Prefix): Promise<BlocksRead>;
}
