/** A product with a large cluster behind it: ten thousand pools of its own, and five thousand nodes as large as real ones. */
import { setTimeout as delay } from 'node:timers/promises';
import { writePools } from '../core/calico/write.ts';
import type { ClusterProduct } from './cluster-product.ts';
import { putObjects } from './etcd.ts';
import { manyPool } from './kernel-node.ts';
import { fakeNode, NODES } from './names-objects.ts';

export const POOLS = 10_000;
export { NODES };

/** Resolves when the server, started anew after all of it was made, watches it and has nothing to do. */
export async function fillAndRestart(product: ClusterProduct, log: (line: string) => void): Promise<void> {
  await putObjects(product.cluster, NODES, (i) => [`/registry/minions/${fakeNode(i).metadata.name}`, fakeNode(i)]);
  const pools = Array.from({ length: POOLS }, (_, i) => manyPool(i));
  await product.tell('pools.import', { yaml: writePools(pools, 'v3') });
  await product.synced(POOLS);
  log(`${POOLS} pools and ${NODES} nodes are in the cluster`);
  await product.restart();
  await product.synced(POOLS);
  for (;;) {
    const { nodes } = await product.ask<{ nodes: readonly unknown[] }>('nodes.list');
    if (nodes.length >= NODES) return;
    await delay(2_000);
  }
}
