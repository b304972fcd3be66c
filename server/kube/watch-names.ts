/**
 * What questions may name, as this process knows it: pods that are not finished, services, their endpoints and nodes, each by
 * one list and watch. Objects come whole, page by page, and all but a few fields are let go at once. Nothing follows from what
 * is held here but answers to questions, so every replica watches for itself (docs/decisions/0017-names-in-every-replica.md).
 */
import type { Known, NameBook } from '../../core/names/name-book.ts';
import type { NamedNode, NamedPod, NamedService, ServiceSlice } from '../../core/names/objects.ts';
import { readNamedNode, readPod, readService, readSlice } from '../../core/names/read-objects.ts';
import type { Connection } from './connection.ts';
import { type ListWatch, listWatch } from './list-watch.ts';

/** A pod that is finished has given its address back. */
const UNFINISHED = { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' };
const OF_A_SERVICE = { labelSelector: 'kubernetes.io/service-name' };

export function watchNames(connection: Connection, now: () => number): NameBook & { stop(): Promise<void> } {
  const shared = sharing();
  const watching = { connection, now, onChange: () => {}, onState: () => {} };
  const pods: ListWatch<NamedPod> = listWatch({
    ...watching,
    path: '/api/v1/pods',
    query: UNFINISHED,
    keep: (object) => readPod(object, shared),
  });
  const services: ListWatch<NamedService> = listWatch({ ...watching, path: '/api/v1/services', keep: readService });
  const slices: ListWatch<ServiceSlice> = listWatch({
    ...watching,
    path: '/apis/discovery.k8s.io/v1/endpointslices',
    query: OF_A_SERVICE,
    keep: (object) => readSlice(object, shared),
  });
  const nodes: ListWatch<NamedNode> = listWatch({ ...watching, path: '/api/v1/nodes', keep: readNamedNode });
  const all = { pods, services, endpointslices: slices, nodes };
  const known = (type: keyof typeof all): Known => {
    const { phase, heardAt, error } = all[type].state();
    const forbidden = error?.kind === 'forbidden';
    return { type, phase, heardAt, error: error?.message ?? null, forbidden };
  };
  return {
    directory: { pods: pods.objects, services: services.objects, slices: slices.objects, nodes: nodes.objects },
    known,
    stop: async () => {
      await Promise.all(Object.values(all).map((one) => one.stop()));
    },
  };
}

const MOST_SHARED = 50_000;

/** Namespaces and nodes are said by every pod: each text is held once. Begun anew when far more have come than a cluster has. */
function sharing(): (text: string) => string {
  let texts = new Map<string, string>();
  return (text) => {
    const found = texts.get(text);
    if (found !== undefined) return found;
    if (texts.size >= MOST_SHARED) texts = new Map();
    texts.set(text, text);
    return text;
  };
}
