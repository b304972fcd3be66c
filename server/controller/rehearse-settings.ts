/** What a cluster would refuse of settings, asked by dry runs: of FelixConfigurations it has rules beside ours, too. */
import type { NatSettings } from '../../core/nat/settings.ts';
import type { Database } from '../db/client.ts';
import { readLiveFelixes } from '../db/live-felix.ts';
import { readWatch } from '../db/live-watch.ts';
import type { Connection } from '../kube/connection.ts';
import { type Cause, KubeError } from '../kube/kube-error.ts';
import { clusterFelix, poolGroups } from './cluster-pools.ts';

/** For all objects together: who asks is about to say yes, and a change may be of every node. */
const WAIT_MS = 2_000;
const AT_ONCE = 8;

export interface RefusedObject {
  readonly object: string;
  /** fields without `spec.` */
  readonly causes: readonly Cause[];
}

/**
 * By force, which here takes nothing: otherwise who holds a field would hide what is wrong with it. In the order of
 * `wanted`. An answer that does not come is no refusal, and the first one that does not come ends it: of the others nothing
 * better is to be expected.
 */
export async function rehearseSettings(
  connection: Connection,
  db: Database,
  wanted: ReadonlyMap<string, NatSettings>,
): Promise<readonly RefusedObject[]> {
  const [{ watch }, live] = await Promise.all([readWatch(db), readLiveFelixes(db, [...wanted.keys()])]);
  const group = poolGroups.find((one) => one === watch?.group);
  // one that is not heard would only be waited for, with each save
  if (group === undefined || watch?.phase === 'blind') return [];
  const uids = new Map(live.map(({ name, uid }) => [name, uid]));
  // an object that is not there and of which nothing is said is not made
  const todo = [...wanted].filter(([object, spec]) => uids.has(object) || Object.keys(spec).length > 0);
  const felix = clusterFelix(connection, group);
  const silent = new AbortController();
  const signal = AbortSignal.any([silent.signal, AbortSignal.timeout(WAIT_MS)]);
  const refused = new Map<string, readonly Cause[]>();
  const queue = todo.values();
  const askOn = async (): Promise<void> => {
    for (const [name, spec] of queue) {
      if (signal.aborted) return;
      const request = { name, spec, uid: uids.get(name) ?? null, resourceVersion: null, force: true };
      try {
        await felix.apply({ ...request, dryRun: true, signal });
      } catch (error) {
        if (!(error instanceof KubeError) || error.kind === 'unreachable') return silent.abort();
        const causes = causesOf(error, group);
        if (causes.length > 0) refused.set(name, causes);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askOn));
  return todo.flatMap(([object]) => {
    const causes = refused.get(object);
    return causes === undefined ? [] : [{ object, causes }];
  });
}

function causesOf(error: KubeError, group: string): readonly Cause[] {
  if (!['invalid', 'bad-request'].includes(error.kind)) return [];
  const { causes, message } = error.failure;
  const said = causes.length === 0 ? [{ field: 'spec', message }] : causes;
  return said.map((cause) => ({ field: cause.field.replace(/^spec\./, ''), message: wordsOf(cause, group) }));
}

/** An absent field is what an older, or any, Calico does not have: the API server's words do not say so. */
const wordsOf = ({ field, message }: Cause, group: string): string =>
  message === 'field not declared in schema'
    ? `${field.replace(/^spec\./, '')} must stay empty in this cluster: FelixConfiguration of ${group} has no such field`
    : message;
