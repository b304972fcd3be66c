/** NAT settings as the cluster's objects say them. Anything may stand in an object: nothing here throws. */
import { fieldsOf } from '../calico/object.ts';
import { readSettings } from '../calico/read-settings.ts';
import type { ClusterSettings, NatSettings } from '../nat/settings.ts';
import { type NftablesMode, type NftablesModes, nftablesWords } from '../nat/stops-felix.ts';
import type { FieldError } from '../pool/shape.ts';
import { type FieldClaim, specClaims } from './managed-fields.ts';
import { storable } from './storable.ts';

/** A FelixConfiguration. Of all that Felix can be told there, only what decides outgoing NAT is kept. */
export interface LiveFelix {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** null: of no node, or not readable; with problems: as they were when they could be read */
  readonly settings: NatSettings | null;
  /** absent: of the whole cluster */
  readonly node?: string | undefined;
  readonly nftablesMode: NftablesMode | null;
  readonly problems: readonly FieldError[];
  readonly claims: readonly FieldClaim[];
}

/** Null for something without name, uid or resource version: no object of an API server. */
export function readLiveFelix(object: unknown): LiveFelix | null {
  const fields = fieldsOf(object);
  const metadata = fieldsOf(fields['metadata']);
  const { name, uid, resourceVersion } = metadata;
  if (typeof name !== 'string' || typeof uid !== 'string' || typeof resourceVersion !== 'string') return null;
  const read = readSettings(fields);
  const mode = fieldsOf(fields['spec'])['nftablesMode'];
  const known = {
    name,
    uid,
    resourceVersion,
    nftablesMode: nftablesWords.find((word) => word === mode) ?? null,
    claims: specClaims(metadata),
  };
  if (!read.ok) return storable({ ...known, settings: null, problems: read.errors });
  const { node, settings } = read.value;
  return storable({ ...known, settings, problems: [], ...(node === undefined ? {} : { node }) });
}

/** `now`, with the settings of before when they cannot be read any more: a fault must not change anybody's NAT. */
export function keepLastSettings(before: LiveFelix | undefined, now: LiveFelix): LiveFelix {
  if (now.settings !== null || before?.settings == null || before.uid !== now.uid) return now;
  const { settings, node } = before;
  return { ...now, settings, ...(node === undefined ? {} : { node }) };
}

export function settingsOf(objects: Iterable<LiveFelix>): ClusterSettings {
  const read = [...objects].flatMap(({ node, settings }) => (settings === null ? [] : [{ node, settings }]));
  const nodes = read.flatMap(({ node, settings }) => (node === undefined ? [] : [[node, settings] as const]));
  return {
    global: read.find(({ node }) => node === undefined)?.settings ?? {},
    nodes: Object.fromEntries(nodes.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

export function modesOf(objects: Iterable<LiveFelix>): NftablesModes {
  const told = [...objects].filter(({ settings, nftablesMode }) => settings !== null && nftablesMode !== null);
  const nodes = told.flatMap(({ node, nftablesMode }) =>
    node === undefined || nftablesMode === null ? [] : [[node, nftablesMode] as const],
  );
  const global = told.find(({ node }) => node === undefined)?.nftablesMode;
  return { ...(global ? { global } : {}), nodes: Object.fromEntries(nodes.sort(([a], [b]) => (a < b ? -1 : 1))) };
}
