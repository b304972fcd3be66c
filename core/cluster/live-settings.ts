/** NAT settings as the cluster's objects say them. Anything may stand in an object: nothing here throws. */
import { fieldsOf } from '../calico/object.ts';
import { readSettings } from '../calico/read-settings.ts';
import type { ClusterSettings, NatSettings } from '../nat/settings.ts';
import type { FieldError } from '../pool/shape.ts';
import { type FieldClaim, specClaims } from './managed-fields.ts';

export interface LiveFelix {
  readonly name: string;
  /** null: of no node, or not readable */
  readonly settings: NatSettings | null;
  /** undefined: of the whole cluster */
  readonly node: string | undefined;
  readonly problems: readonly FieldError[];
  readonly claims: readonly FieldClaim[];
}

export function readLiveFelix(object: unknown): LiveFelix {
  const fields = fieldsOf(object);
  const metadata = fieldsOf(fields['metadata']);
  const read = readSettings(fields);
  const known = { name: String(metadata['name'] ?? ''), claims: specClaims(metadata) };
  return read.ok
    ? { ...known, settings: read.value.settings, node: read.value.node, problems: [] }
    : { ...known, settings: null, node: undefined, problems: read.errors };
}

export function settingsOf(objects: Iterable<LiveFelix>): ClusterSettings {
  const read = [...objects].flatMap(({ node, settings }) => (settings === null ? [] : [{ node, settings }]));
  const nodes = read.flatMap(({ node, settings }) => (node === undefined ? [] : [[node, settings] as const]));
  return {
    global: read.find(({ node }) => node === undefined)?.settings ?? {},
    nodes: Object.fromEntries(nodes.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
