/** A change in one line, and its content as text for the diff. */
import { writePools } from '../../core/calico/write.ts';
import type { ClusterSettings } from '../../core/nat/settings.ts';
import type { Pool } from '../../core/pool/spec.ts';
import { listed } from '../pools/sync/sync-words.ts';
import type { Action } from './history-view.ts';

/** Of what changed beside the content, which stands before it. */
interface Beside {
  /** by force: the fields that the cluster had otherwise, and who held each */
  taken?: readonly Taken[] | undefined;
  /** fields that others decide from here on, and that are decided here again */
  letGo?: readonly string[] | undefined;
  takenBack?: readonly string[] | undefined;
  /** the fields in which what the cluster had was taken */
  theirs?: readonly string[] | undefined;
  /** the cluster has no such pool */
  absent?: boolean | undefined;
  /** the cluster deletes it */
  deleting?: boolean | undefined;
  /** what becomes of changes in the cluster, before and from here on */
  policy?: { readonly from: string; readonly to: string } | undefined;
}
export interface Taken {
  readonly field: string;
  readonly managers: readonly string[];
}
export type Content =
  | (Pool & Beside)
  | readonly (Pool & Beside)[]
  | (ClusterSettings & Pick<Beside, 'taken' | 'theirs' | 'letGo'>)
  | { hosts: readonly string[] };

export interface Summarised {
  action: Action;
  target: string;
  reason: string | null;
  before: Content | null;
  after: Content | null;
  /** how many pools it touched */
  pools: number;
  /** of what did nothing: why */
  didNothing?: string | null;
}

/** "public: natOutgoing true → false", "2 pools imported: a, b", "NAT settings: natPortRange 1:2 → not set". */
export function summaryOf(change: Summarised): string {
  const { action, target, before, didNothing } = change;
  if (didNothing == null) return decidedIn(change);
  if (!isForce(action)) return `${decidedIn(change)}: ${didNothing}`;
  const what = isOverNothing(before) ? 'did nothing' : 'force did nothing';
  return `${action === 'settings.force' ? 'NAT settings' : target}: ${what}, ${didNothing}`;
}

function decidedIn({ action, target, reason, before, after, pools }: Summarised): string {
  if (action === 'pool.create') return isPool(after) ? `${target} created, ${after.spec.cidr}` : `${target} created`;
  if (action === 'pool.delete')
    return isPool(before) && before.theirs !== undefined
      ? `${target}: theirs taken, deleted there and now here`
      : `${target} deleted`;
  if (action === 'pool.import') {
    const done = isPools(after) && after.length === 0 ? 'deleted' : 'imported'; // a revert takes away what an import made
    const back = backWords(before);
    const what = pools === 1 ? `${target} ${done}` : `${pools.toLocaleString('en-US')} pools ${done}: ${target}`;
    const beside = back === '' || pools === 1 ? back : `with ${back}`;
    return [what, beside, ...takenWords(before)].filter((words) => words !== '').join(', ');
  }
  if (action === 'pool.adopt') return `${pools.toLocaleString('en-US')} adopted: ${target}`;
  if (action === 'pool.release') return `${target} released: ${afterRelease(before)}`;
  if (action === 'pool.release-field') {
    const letGo = isPool(before) ? before.letGo?.join(', ') : undefined;
    return `${target}: ${letGo ?? ''} released, the cluster decides it`;
  }
  if (action === 'pool.decide-field') return `${target}: ${backWords(before)}`;
  if (action === 'pool.force') {
    if (before === null) return `${target} made again, which was deleted in the cluster`;
    if (isAbsent(before)) return `${target} tried again`;
    const moved = differences(flat(before), flat(after));
    return moved === '' ? `${target}: ours again, as the cluster has it` : `${target} applied by force${moved}`;
  }
  if (action === 'pool.policy')
    return [`${target}: policy for changes in the cluster${policyIn(before)}`, ...takenWords(before)].join(', ');
  if (action === 'pool.update' && isPool(before) && before.theirs !== undefined) {
    return `${target}: theirs taken, ${theirsWords(before.theirs, before, after)}`;
  }
  if (action === 'pool.enforce' && happened(before, after, pools) === 'made')
    return `${target} made again in the cluster`;
  if (action === 'pool.enforce')
    return [`${target} written back${differences(flat(before), flat(after))}`, ...takenWords(before)].join(', ');
  if (action === 'cluster.change') {
    const done = happened(before, after, pools);
    // the server says what it was about, of what moved nothing, and of what we did
    if (reason !== null && done === 'changed') {
      const moved = differences(flat(before), flat(after));
      return moved === '' ? `${target} ${reason}` : `${target}${moved}, ${reason}`;
    }
    const beside = reason === null ? '' : `, ${reason}`;
    if (pools > 1) return `${pools.toLocaleString('en-US')} pools ${done} in the cluster: ${target}${beside}`;
    if (isPool(before) && isPool(after)) return `${target}${differences(flat(before), flat(after))}`;
    return `${target} ${done} in the cluster${isPool(after) ? `, ${after.spec.cidr}` : ''}${beside}`;
  }
  if (action === 'cluster.follow') return `cluster followed as it came back, without ${target}`;
  if (action === 'settings.force') return `NAT settings applied by force${differences(flat(before), flat(after))}`;
  if (action === 'hosts.update') return reason === null ? 'node addresses' : `node addresses ${reason}`;
  if (action === 'settings.update') {
    if (before !== null && 'theirs' in before) {
      return `NAT settings: theirs taken, ${moves(flat(before), flat(after)) || 'which says the same'}`;
    }
    if (before !== null && 'letGo' in before) return `NAT settings: ${letGoWords(before, after)}`;
    const moved = differences(flat(before), flat(after));
    return `NAT settings${moved === '' && reason !== null ? `: ${reason}` : moved}`;
  }
  const said = [moves(flat(before), flat(after)), backWords(before), ...takenWords(before)].filter(
    (words) => words !== '',
  );
  return said.length === 0 ? target : `${target}: ${said.join(', ')}`;
}

/** Null where the summary says it already: it is not told twice. That a summary has the same words by chance says nothing of it. */
export const reasonBeside = (change: Summarised): string | null =>
  summaryOf(change) === summaryOf({ ...change, reason: null }) ? change.reason : null;

/** Ours was chosen over what others have, of a pool or of settings. */
export const isForce = (action: string): boolean => action === 'pool.force' || action === 'settings.force';

/** Of a pool that the cluster does not have nothing is forced on anybody. */
export const isOverNothing = (before: Content | null): boolean => before === null || isAbsent(before);

/** Of what was written over by force, or by the policy `enforce`, and did something; of several pools each field has its pool's name. */
export function takenIn({ before, didNothing }: Pick<Summarised, 'before' | 'didNothing'>): readonly Taken[] {
  if (didNothing != null || before === null) return [];
  if (!isPools(before)) return 'taken' in before ? (before.taken ?? []) : [];
  return before.flatMap(({ name, taken = [] }) =>
    taken.map(({ field, managers }) => ({ field: before.length > 1 ? `${field} of ${name}` : field, managers })),
  );
}

/** Whose fields their policy took; nothing: nobody's. */
function takenWords(before: Content | null): string[] {
  const managers = takenIn({ before }).flatMap((one) => one.managers);
  return managers.length === 0 ? [] : [`fields taken from ${listed([...new Set(managers)])}`];
}

/** Each field from and to; of many their names, for which of them were taken is what was decided. */
function theirsWords(fields: readonly string[], before: Content, after: Content | null): string {
  if (fields.length === 0) return 'which says the same';
  const [was, is] = [flat(before), flat(after)];
  if (fields.length > 2) return named(fields);
  return fields.map((field) => `${field} ${was[field] ?? 'not set'} → ${is[field] ?? 'not set'}`).join(', ');
}

/** Settings that were decided, and are not any more. */
function letGoWords(before: Content, after: Content | null): string {
  const left = flat(after);
  const fields = Object.keys(flat(before)).filter((field) => left[field] === undefined);
  return `${named(fields)} let go, no longer decided here`;
}

/** As many as a line holds. */
function named(fields: readonly string[]): string {
  return listed(fields.length > 5 ? [...fields.slice(0, 4), `${fields.length - 4} more`] : fields);
}

function policyIn(before: Content | null): string {
  const policy = isPool(before) ? before.policy : undefined;
  return policy === undefined ? '' : ` ${policy.from} → ${policy.to}`;
}

function afterRelease(before: Content | null): string {
  if (isAbsent(before)) return 'the cluster did not have it';
  return isPool(before) && before.deleting === true ? 'it goes in the cluster all the same' : 'the cluster keeps it';
}

/** The cluster has no such pool. */
const isAbsent = (before: Content | null): boolean => isPool(before) && before.absent === true;

/** Which released fields are decided here again; empty: none. */
function backWords(before: Content | null): string {
  const all = isPools(before) ? before : isPool(before) ? [before] : [];
  const back = all.flatMap(({ name, takenBack }) => (takenBack === undefined ? [] : [{ name, takenBack }]));
  const fields = back.map(({ name, takenBack }) => `${takenBack.join(', ')}${all.length > 1 ? ` of ${name}` : ''}`);
  return fields.length === 0 ? '' : `${listed(fields)} decided here again`;
}

/** What became of pools in the cluster. Of very many a list has no contents: null is then what it leaves out, and an empty side is not. */
function happened(before: Content | null, after: Content | null, pools: number): 'made' | 'deleted' | 'changed' {
  const none = (side: Content | null): boolean => (side === null ? pools === 1 : isPools(side) && side.length === 0);
  if (none(before) === none(after)) return 'changed';
  return none(before) ? 'made' : 'deleted';
}

/** Content as text, one field a line. Of a large import only the pools that differ from the other side. */
export function textOf(content: Content | null, other: Content | null): string {
  if (content === null) return '';
  if (isPool(content)) return writePools([content], 'v3');
  if (isPools(content)) return poolsText(changedPools(content, other));
  return Object.entries(flat(content))
    .map(([field, value]) => `${field}: ${value}\n`)
    .join('');
}

const poolsText = (pools: readonly Pool[]): string => (pools.length === 0 ? '' : writePools(pools, 'v3'));

function changedPools(pools: readonly Pool[], other: Content | null): Pool[] {
  const others = new Map((isPools(other) ? other : []).map((pool) => [pool.name, JSON.stringify(pool)]));
  return pools.filter((pool) => others.get(pool.name) !== JSON.stringify(pool));
}

function differences(before: Record<string, string>, after: Record<string, string>): string {
  const moved = moves(before, after);
  return moved === '' ? '' : `: ${moved}`;
}

function moves(before: Record<string, string>, after: Record<string, string>): string {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (field) => before[field] !== after[field],
  );
  if (fields.length > 2) return named(fields);
  return fields.map((field) => `${field} ${before[field] ?? 'not set'} → ${after[field] ?? 'not set'}`).join(', ');
}

/** Fields and values as text: `spec` is left out of names, global settings too. */
function flat(content: Content | null): Record<string, string> {
  if (content === null || isPools(content)) return {};
  if (isPool(content)) return texts(content.spec);
  if ('hosts' in content) return { hosts: content.hosts.join(', ') || 'none counted' };
  const nodes = Object.entries(content.nodes).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.assign(
    texts(content.global),
    ...nodes.map(([node, own]) =>
      Object.fromEntries(Object.entries(texts(own)).map(([field, value]) => [`${node} ${field}`, value])),
    ),
  );
}

const texts = (fields: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => [field, Array.isArray(value) ? value.join(', ') : String(value)]),
  );

const isPools = (content: Content | null): content is readonly (Pool & Beside)[] => Array.isArray(content);
const isPool = (content: Content | null): content is Pool & Beside => content !== null && 'spec' in content;
