/** A copy of the pools' type in a group that Outgate does not watch: raw peers write there, and the API server does the same work. */
import { writePools } from '../core/calico/write.ts';
import { CALICO_GROUP, crd, untilServed } from '../e2e/cluster/install-crds.ts';
import { OUTGATE_USER } from '../e2e/cluster/prepare-cluster.ts';
import { must } from '../e2e/cluster/request.ts';
import { grant } from '../e2e/cluster/rights.ts';
import type { ApiServer } from '../e2e/cluster/start-api-server.ts';
import type { manyPool } from './kernel-node.ts';

const PEER_GROUP = 'bench.outgate.example';

/** With the same rules; our account may write it. Returns its path. */
export async function installPeer(cluster: ApiServer): Promise<string> {
  const text = JSON.stringify(crd('v3', 'ippools')).replaceAll(CALICO_GROUP.v3, PEER_GROUP);
  await must(cluster.as('admin'), 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', JSON.parse(text));
  const path = `/apis/${PEER_GROUP}/v3/ippools`;
  await untilServed(cluster, path);
  await grant(cluster, 'bench', { kind: 'User', name: OUTGATE_USER }, [
    { apiGroups: [PEER_GROUP], resources: ['ippools'], verbs: ['get', 'list', 'watch', 'create', 'patch'] },
  ]);
  return path;
}

/** The text that an import of these pools gets, for the other type. */
export const peerManifest = (pools: readonly ReturnType<typeof manyPool>[], by: string): string =>
  writePools(
    pools.map(({ name, spec }) => ({ name: `${by}-${name}`, spec })),
    'v3',
  ).replaceAll(`apiVersion: ${CALICO_GROUP.v3}/`, `apiVersion: ${PEER_GROUP}/`);

export const peerObject = ({ name, spec }: ReturnType<typeof manyPool>, by: string) => ({
  apiVersion: `${PEER_GROUP}/v3`,
  kind: 'IPPool',
  metadata: { name: `${by}-${name}` },
  spec,
});
