import type { Connection } from '../../server/kube/connection.ts';
import { type Applied, apply } from '../../server/kube/write.ts';
import { calicoPath } from './install-crds.ts';

/** Applies one of 65,536 pools for trial: nothing is stored. */
export const tryPool = (connection: Connection, i: number, signal?: AbortSignal): Promise<Applied> =>
  apply(connection, {
    path: calicoPath('v3', 'ippools'),
    manager: 'outgate',
    object: {
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPPool',
      metadata: { name: `tried-${i}` },
      spec: { cidr: `10.${i >> 8}.${i & 255}.0/24` },
    },
    dryRun: true,
    ...(signal ? { signal } : {}),
  });
