/** What a server can say of the cluster itself; what the cluster says of pools is in the database. */
import type { ElectionState } from '../../kube/lease.ts';
import type { ReviewedRight } from '../../kube/rights.ts';
import type { NameBook } from '../simulate/name-book.ts';

export interface Cluster {
  /** `https://10.96.0.1:443` */
  readonly server: string;
  /** pods, services and nodes by name */
  readonly names: NameBook;
  election(): ElectionState;
  /** Rejects with a KubeError. */
  rights(): Promise<{ user: string; rights: readonly ReviewedRight[] }>;
}
