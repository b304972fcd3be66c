/** The two writes: server-side apply under our field manager, and delete of the very object that was meant. */
import type { Connection } from './connection.ts';
import { failure, KubeError } from './kube-error.ts';
import { type KubeObject, readObject } from './object.ts';

export interface ApplyOptions {
  /** of the type: `/apis/projectcalico.org/v3/ippools` */
  readonly path: string;
  readonly manager: string;
  /**
   * With apiVersion, kind, metadata.name and a spec. `metadata.uid` when the object is there already: without it an object
   * that somebody has just deleted would be made again. Without a spec all that is ours alone goes from it.
   */
  readonly object: {
    readonly metadata: { readonly name: string };
    readonly spec?: object;
    readonly [field: string]: unknown;
  };
  /** take fields from others */
  readonly force?: boolean;
  /** nothing is stored, the answer is the same */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

export interface Applied {
  /** as it is stored now, or would be */
  readonly object: KubeObject;
  readonly created: boolean;
}

/**
 * Rejects with a KubeError: `conflict` when others own a field and it is not forced, `stale` when the object of that uid is
 * gone. That it was taken does not say that it is as was asked: items of a set that are left out stay. Compare.
 */
export async function apply(connection: Connection, options: ApplyOptions): Promise<Applied> {
  const { path, manager, object, force = false, dryRun = false, signal } = options;
  const query = new URLSearchParams({ fieldManager: manager });
  if (force) query.set('force', 'true');
  if (dryRun) query.set('dryRun', 'All');
  const { status, body } = await connection.call({
    method: 'PATCH',
    path: `${path}/${encodeURIComponent(object.metadata.name)}?${query}`,
    type: 'application/apply-patch+yaml',
    body: object,
    ...(signal ? { signal } : {}),
  });
  // a dry run of a new object has no resourceVersion
  const read = readObject(dryRun ? withVersion(body) : body);
  if (read === null) throw new KubeError(`PATCH ${path}`, failure('garbled', 'the answer must be the object'));
  return { object: read, created: status === 201 };
}

export interface UnsetOptions {
  readonly path: string;
  readonly manager: string;
  /** only this object, and only as it is: no other claim may have come to its fields */
  readonly object: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
  /** of the spec, each at its top */
  readonly fields: readonly string[];
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Takes fields away without an apply. Rejects with a KubeError: `stale` when the object has changed. `manager` is not the one
 * that applies: writes of the two kinds under one name are two owners, and conflict.
 */
export async function unset(connection: Connection, options: UnsetOptions): Promise<KubeObject> {
  const { path, manager, object, fields, dryRun = false, signal } = options;
  const { name, uid, resourceVersion } = object;
  const query = new URLSearchParams({ fieldManager: manager });
  if (dryRun) query.set('dryRun', 'All');
  const { body } = await connection.call({
    method: 'PATCH',
    path: `${path}/${encodeURIComponent(name)}?${query}`,
    type: 'application/merge-patch+json',
    body: { metadata: { uid, resourceVersion }, spec: Object.fromEntries(fields.map((field) => [field, null])) },
    ...(signal ? { signal } : {}),
  });
  const read = readObject(body);
  if (read === null) throw new KubeError(`PATCH ${path}`, failure('garbled', 'the answer must be the object'));
  return read;
}

export interface RemoveOptions {
  readonly path: string;
  readonly name: string;
  /** Only this object, and only if nobody has changed it since. */
  readonly uid: string;
  readonly resourceVersion?: string;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

/** Rejects with a KubeError: `not-found` when it is gone already, `stale` when it is another one or has changed. */
export async function remove(connection: Connection, options: RemoveOptions): Promise<void> {
  const { path, name, uid, resourceVersion, dryRun = false, signal } = options;
  const preconditions = { uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  await connection.call({
    method: 'DELETE',
    path: `${path}/${encodeURIComponent(name)}`,
    // a delete with a body is told everything in the body: dryRun in the query would be ignored, and the object deleted
    body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions, ...(dryRun ? { dryRun: ['All'] } : {}) },
    ...(signal ? { signal } : {}),
  });
}

function withVersion(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const { metadata, ...rest } = body as { metadata?: object };
  return { ...rest, metadata: { resourceVersion: '', ...metadata } };
}
