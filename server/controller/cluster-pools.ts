/** The IPPools of a cluster, written through its API. */
import { readLivePool } from '../../core/cluster/live-pool.ts';
import { OUR_MANAGER } from '../../core/cluster/managed-fields.ts';
import type { Connection } from '../kube/connection.ts';
import { failure, KubeError } from '../kube/kube-error.ts';
import { apply, remove } from '../kube/write.ts';
import type { ClusterPools } from './sync-pool.ts';

/** `group`: the one that the cluster serves IPPools in. */
export const poolsPath = (group: PoolGroup): string => `/apis/${group}/ippools`;

export const poolGroups = ['projectcalico.org/v3', 'crd.projectcalico.org/v1'] as const;
export type PoolGroup = (typeof poolGroups)[number];

/**
 * No object is of this version: one that is there already is refused (`stale`), and one that is to be made is made. So a
 * create that was held up, while another made the object and went on, changes nothing.
 */
const NEVER = '1';

export function clusterPools(connection: Connection, group: PoolGroup): ClusterPools {
  const path = poolsPath(group);
  return {
    async apply({ name, spec, uid, resourceVersion, force }) {
      const metadata = uid === null ? { name, resourceVersion: NEVER } : { name, uid, resourceVersion };
      const { object } = await apply(connection, {
        path,
        manager: OUR_MANAGER,
        object: { apiVersion: group, kind: 'IPPool', metadata, spec },
        force,
      });
      const read = readLivePool(object);
      if (read === null)
        throw new KubeError(`PATCH ${path}/${name}`, failure('garbled', 'the answer must be an object'));
      return read;
    },
    remove: ({ name, uid, resourceVersion }) => remove(connection, { path, name, uid, resourceVersion }),
  };
}
