/** The objects of a cluster that are ours to write, through its API. */
import { fieldsOf } from '../../core/calico/object.ts';
import { readLivePool } from '../../core/cluster/live-pool.ts';
import { readLiveFelix } from '../../core/cluster/live-settings.ts';
import { OUR_MANAGER, othersOn, ourClaim, specClaims } from '../../core/cluster/managed-fields.ts';
import type { Connection } from '../kube/connection.ts';
import { disown } from '../kube/disown.ts';
import { holdOff } from '../kube/hold-off.ts';
import { failure, KubeError, type KubeErrorKind } from '../kube/kube-error.ts';
import { type KubeObject, readObject } from '../kube/object.ts';
import { apply, remove, type UnsetOptions, unset } from '../kube/write.ts';
import type { ApplyRequest, SeenObject } from './apply-request.ts';
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

export function clusterPools(connection: Connection, group: PoolGroup, read = readLivePool): ClusterPools {
  const path = poolsPath(group);
  const target = { connection, group, path, kind: 'IPPool', read };
  return {
    apply: applier(target),
    remove: ({ name, uid, resourceVersion }) => remove(connection, { path, name, uid, resourceVersion }),
    holdOff: holderOff(target),
    async disown(pool) {
      const object = await readSame(connection, path, pool);
      const who = { manager: OUR_MANAGER, by: LET_GO_MANAGER, annotation: FENCE };
      const taken = readLivePool(await disown(connection, { path, ...who, object }));
      if (taken !== null) return taken;
      throw new KubeError(`PATCH ${path}/${pool.name}`, failure('garbled', 'the answer must be an object'));
    },
  };
}

export function clusterFelix(connection: Connection, group: PoolGroup): ClusterFelix {
  const target = { connection, group, path: felixPath(group), kind: 'FelixConfiguration', read: readLiveFelix };
  return { apply: applier(target), holdOff: holderOff(target) };
}

const FENCE = `${OUR_MANAGER}/fence`;

/** As a webhook or a policy refuses the annotation, or who holds one of this name; what is decided is not refused by that. */
const UNWANTED: ReadonlySet<KubeErrorKind> = new Set(['invalid', 'bad-request', 'forbidden', 'conflict']);

const LET_GO_MANAGER = `${OUR_MANAGER}-lets-go`;

/** Takes away what is ours alone, as an apply of nothing would. */
async function letGo(
  connection: Connection,
  options: Omit<UnsetOptions, 'manager' | 'object' | 'fields'> & {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string | null;
  },
): Promise<KubeObject> {
  const { name, uid, resourceVersion, ...how } = options;
  const { path, signal } = how;
  const found = await readOne(connection, { path, name, ...(signal ? { signal } : {}) });
  const claims = specClaims(found.metadata);
  const fields = (ourClaim(claims)?.fields ?? []).filter((field) => othersOn(claims, field).length === 0);
  const object = { name, uid, resourceVersion: resourceVersion ?? found.metadata.resourceVersion };
  return unset(connection, { ...how, manager: LET_GO_MANAGER, object, fields });
}

/** Rejects with a KubeError: `stale` where it is another one by now, or has changed. */
async function readSame(connection: Connection, path: string, asSeen: SeenObject): Promise<KubeObject> {
  const object = await readOne(connection, { path, name: asSeen.name });
  const { uid, resourceVersion } = object.metadata;
  if (uid === asSeen.uid && resourceVersion === asSeen.resourceVersion) return object;
  throw new KubeError(`GET ${path}`, failure('stale', `${asSeen.name} has changed since it was looked at`));
}

/** By a list of one: to get it by name would be one more right. Rejects with a KubeError: `not-found`. */
async function readOne(
  connection: Connection,
  { path, name, signal }: { readonly path: string; readonly name: string; readonly signal?: AbortSignal },
): Promise<KubeObject> {
  const one = new URLSearchParams({ fieldSelector: `metadata.name=${name}` });
  const { body } = await connection.call({ method: 'GET', path: `${path}?${one}`, ...(signal ? { signal } : {}) });
  const items = fieldsOf(body)['items'];
  const found = readObject(Array.isArray(items) ? items[0] : null);
  if (found === null) throw new KubeError(`GET ${path}`, failure('not-found', `${name} is gone`));
  return found;
}

interface Target<T> {
  readonly connection: Connection;
  readonly group: PoolGroup;
  readonly path: string;
  readonly kind: string;
  readonly read: (object: unknown) => T | null;
}

/** Null: nothing of it is ours, or the cluster does not want it so. Rejects with a KubeError: `stale` when the object has changed. */
function holderOff<T>({ connection, path, kind, read }: Target<T>): (asSeen: SeenObject) => Promise<T | null> {
  return async (asSeen) => {
    const object = await readSame(connection, path, asSeen);
    try {
      return read(await holdOff(connection, { path, kind, manager: OUR_MANAGER, annotation: FENCE, object }));
    } catch (error) {
      if (error instanceof KubeError && UNWANTED.has(error.kind)) return null;
      throw error;
    }
  };
}

/** Server-side apply under our manager. Returns the object as it is stored now; rejects with a KubeError. */
function applier<T, Spec extends object>(target: Target<T>): (request: ApplyRequest<Spec>) => Promise<T> {
  const { connection, group, path, kind, read } = target;
  return async ({ name, spec, uid, resourceVersion, force, dryRun = false, signal }) => {
    const version = resourceVersion === null ? {} : { resourceVersion };
    const metadata = uid === null ? { name, resourceVersion: NEVER } : { name, uid, ...version };
    const how = { path, dryRun, ...(signal ? { signal } : {}) };
    // the last of our fields goes with `spec`: an empty one would be merged to null, and refused
    const last = Object.keys(spec).length === 0;
    const body = { apiVersion: group, kind, metadata, ...(last ? {} : { spec }) };
    const object = await apply(connection, { ...how, manager: OUR_MANAGER, object: body, force }).then(
      (applied) => applied.object,
      (error: unknown) => {
        // where somebody else claims the empty spec itself, it is merged to null all the same
        if (!last || uid === null || !(error instanceof KubeError) || error.kind !== 'invalid') throw error;
        return letGo(connection, { ...how, name, uid, resourceVersion });
      },
    );
    const taken = read(object);
    if (taken !== null) return taken;
    throw new KubeError(`PATCH ${path}/${name}`, failure('garbled', 'the answer must be an object'));
  };
}
