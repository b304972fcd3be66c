/** Which FelixConfiguration object holds which settings: `default` those of all nodes, `node.<name>` those of one. */
import type { ClusterSettings, NatSettings } from '../nat/settings.ts';

const OF_ALL = 'default';
const OF_NODE = 'node.';

export const objectOf = (node: string | null): string => (node === null ? OF_ALL : `${OF_NODE}${node}`);

/** Null: of all nodes; undefined: a name that Felix does not read. */
export function nodeOf(object: string): string | null | undefined {
  if (object === OF_ALL) return null;
  return object.startsWith(OF_NODE) && object.length > OF_NODE.length ? object.slice(OF_NODE.length) : undefined;
}

/** What one object says; empty: nothing. */
export function settingsIn(settings: ClusterSettings, object: string): NatSettings {
  const node = nodeOf(object);
  if (node === undefined) return {};
  return (node === null ? settings.global : settings.nodes[node]) ?? {};
}

/** Where an object's say stands in `ClusterSettings`. */
export function pathOf(object: string): string[] {
  const node = nodeOf(object);
  return node === null ? ['global'] : ['nodes', node ?? object];
}

/** The same settings, with another say of one object. */
export function withObject(settings: ClusterSettings, object: string, own: NatSettings): ClusterSettings {
  const node = nodeOf(object);
  if (node === undefined) return settings;
  return node === null ? { ...settings, global: own } : { ...settings, nodes: { ...settings.nodes, [node]: own } };
}

/** The objects that say anything, `default` first. */
export const objectsIn = ({ global, nodes }: ClusterSettings): string[] => [
  ...(Object.keys(global).length === 0 ? [] : [OF_ALL]),
  ...Object.keys(nodes)
    .sort()
    .filter((name) => Object.keys(nodes[name] ?? {}).length > 0)
    .map(objectOf),
];

/** `global` or `nodes.<name>`, as violations and warnings name their fields. */
export function placeOf(object: string): string {
  const node = nodeOf(object);
  return node === null ? 'global' : `nodes.${node ?? object}`;
}

/** The object that such a field is of; undefined where it names no place. Names of nodes have dots, settings have none. */
export function objectAt(field: string): string | undefined {
  const place = field.slice(0, Math.max(0, field.lastIndexOf('.')));
  if (place === 'global') return OF_ALL;
  return place.startsWith('nodes.') ? objectOf(place.slice('nodes.'.length)) : undefined;
}

/** The objects of which the two say something else. */
export function changedObjects(a: ClusterSettings, b: ClusterSettings): string[] {
  const names = [...new Set([...objectsIn(a), ...objectsIn(b)])];
  return names.filter((name) => JSON.stringify(settingsIn(a, name)) !== JSON.stringify(settingsIn(b, name)));
}
