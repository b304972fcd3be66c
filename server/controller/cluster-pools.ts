/** The objects of a cluster that are ours to write, through its API. */
import { readLivePool } from '../../core/cluster/live-pool.ts';
import { readLiveFelix } from '../../core/cluster/live-settings.ts';
import { OUR_MANAGER } from '../../core/cluster/managed-fields.ts';
import type { Connection } from '../kube/connection.ts';
import { failure, KubeError } from '../kube/kube-error.ts';
import { apply, remove } from '../kube/write.ts';
import type { ApplyRequest } from './apply-request.ts';
import type { ClusterPools } from './sync-pool.ts';
import type { ClusterFelix } from './sync-settings.ts';

/** `group`: the one that the cluster serves IPPools in. */
export const poolsPath = (group: PoolGroup): string => `/apis/${group}/ippools`;
export const felixPath = (group: PoolGroup): string => `/apis/${group}/felixconfigurations`;

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
    apply: applier({ connection, group, path, kind: 'IPPool', read: readLivePool }),
    remove: ({ name, uid, resourceVersion }) => remove(connection, { path, name, uid, resourceVersion }),
  };
}

export const clusterFelix = (connection: Connection, group: PoolGroup): ClusterFelix => ({
  apply: applier({
    connection,
    group,
    path: felixPath(group),
    kind: 'FelixConfiguration',
    read: readLiveFelix,
  }),
});

/** Server-side apply under our manager. Returns the object as it is stored now; rejects with a KubeError. */
function applier<T, Spec extends object>(target: {
  readonly connection: Connection;
  readonly group: PoolGroup;
  readonly path: string;
  readonly kind: string;
  readonly read: (object: unknown) => T | null;
}): (request: ApplyRequest<Spec>) => Promise<T> {
  const { connection, group, path, kind, read } = target;
  return async ({ name, spec, uid, resourceVersion, force, dryRun = false, signal }) => {
    const version = resourceVersion === null ? {} : { resourceVersion };
    const metadata = uid === null ? { name, resourceVersion: NEVER } : { name, uid, ...version };
    const { object } = await apply(connection, {
      path,
      manager: OUR_MANAGER,
      // the last of our fields goes with `spec`: an empty one would be merged to null, and refused
      object: { apiVersion: group, kind, metadata, ...(Object.keys(spec).length === 0 ? {} : { spec }) },
      force,
      dryRun,
      ...(signal ? { signal } : {}),
    });
    const taken = read(object);
    if (taken !== null) return taken;
    throw new KubeError(`PATCH ${path}/${name}`, failure('garbled', 'the answer must be an object'));
  };
}
