/** The Lease object (coordination.k8s.io/v1) as an election reads and writes it. Each write is refused when it changed since. */
import type { Connection } from './connection.ts';
import { failure, KubeError } from './kube-error.ts';
import { type KubeObject, readObject } from './object.ts';

export interface LeaseRef {
  readonly connection: Connection;
  readonly namespace: string;
  readonly name: string;
}

export interface Lease {
  /** null: free */
  readonly holder: string | null;
  /** another one with each write of anybody */
  readonly version: string;
  /** how often it has come to another holder */
  readonly transitions: number;
  readonly object: KubeObject;
}

export interface LeaseTerms {
  /** null: free for all */
  readonly holder: string | null;
  readonly durationMs: number;
  /** milliseconds since 1970; for people who look at it: nobody reckons with the clock of another */
  readonly at: number;
}

/** Null when there is none. Rejects with a KubeError. */
export async function readLease(ref: LeaseRef, signal: AbortSignal): Promise<Lease | null> {
  const path = pathOf(ref);
  try {
    const { body } = await ref.connection.call({ method: 'GET', path, signal });
    return leaseOf(`GET ${path}`, body);
  } catch (error) {
    if (error instanceof KubeError && error.kind === 'not-found') return null;
    throw error;
  }
}

/**
 * Writes it over `was`, or makes it. Rejects with a KubeError: `stale` (changed or gone) and `exists` say that somebody was
 * faster. What others put on it (labels, annotations) stays.
 */
export async function writeLease(
  ref: LeaseRef,
  was: Lease | null,
  terms: LeaseTerms,
  signal: AbortSignal,
): Promise<Lease> {
  const path = was === null ? collectionOf(ref) : pathOf(ref);
  const method = was === null ? 'POST' : 'PUT';
  const before = (was?.object['spec'] ?? {}) as Record<string, unknown>;
  const same = was !== null && was.holder === terms.holder;
  const time = microTime(terms.at);
  const spec = {
    ...before,
    holderIdentity: terms.holder ?? '',
    leaseDurationSeconds: Math.max(1, Math.ceil(terms.durationMs / 1000)),
    renewTime: time,
    acquireTime: same ? (before['acquireTime'] ?? time) : time,
    leaseTransitions: (was?.transitions ?? 0) + (was === null || same || terms.holder === null ? 0 : 1),
  };
  const object = was?.object ?? {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: ref.name, namespace: ref.namespace },
  };
  const { body } = await ref.connection.call({ method, path, body: { ...object, spec }, signal });
  return leaseOf(`${method} ${path}`, body);
}

function leaseOf(request: string, body: unknown): Lease {
  const object = readObject(body);
  if (object === null) throw new KubeError(request, failure('garbled', 'the answer must be a Lease'));
  const { holderIdentity, leaseTransitions } = (object['spec'] ?? {}) as Record<string, unknown>;
  return {
    holder: typeof holderIdentity === 'string' && holderIdentity !== '' ? holderIdentity : null,
    version: object.metadata.resourceVersion,
    transitions: typeof leaseTransitions === 'number' ? leaseTransitions : 0,
    object,
  };
}

/** Exactly six digits after the point: the server refuses milliseconds. */
const microTime = (at: number): string => new Date(at).toISOString().replace('Z', '000Z');

const collectionOf = ({ namespace }: LeaseRef): string =>
  `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;

const pathOf = (ref: LeaseRef): string => `${collectionOf(ref)}/${encodeURIComponent(ref.name)}`;
