/** What a change of settings does to connections, in sentences: the verdict first. Pure. */
import { passesFilter } from '../../core/nat/interface-filter.ts';
import { listed } from '../pools/sync/sync-words.ts';

export interface Source {
  address: string | null;
  ports: readonly number[] | null;
}
export interface Way {
  interface: string;
  address: string | null;
}
export interface Region {
  family: 4 | 6;
  nodes: boolean;
  out: { only: string | null; not: string | null };
  before: Source | null;
  after: Source | null;
}
export interface Group {
  nodes: readonly { name: string; ways: { 4: Way | null; 6: Way | null } }[];
  count: number;
  regions: readonly Region[];
}
export interface Effect {
  equal: boolean;
  nodes: number;
  groups: readonly Group[];
  contested: readonly { object: string }[];
  deleted: readonly string[];
}

/** One sentence for each thing that changes, what is no longer NATed before the others. */
export function verdictsOf({ equal, nodes, groups, contested, deleted }: Effect): string[] {
  if (equal) {
    if (contested.length > 0) return ['No connection changes: what others hold is not written.'];
    if (deleted.length > 0) return ['No connection changes: what others deleted is not written.'];
    return ['No connection is NATed differently.'];
  }
  const found = new Map<string, { rank: number; groups: Set<Group>; routes: Set<string> }>();
  for (const group of groups) {
    for (const region of group.regions) {
      const said = predicateOf(region);
      const one = found.get(said) ?? { rank: rankOf(region), groups: new Set(), routes: new Set() };
      one.groups.add(group);
      for (const text of defaultRoutes(group, region)) one.routes.add(text);
      found.set(said, one);
    }
  }
  return [...found]
    .sort(([, a], [, b]) => a.rank - b.rank)
    .map(([said, { groups: where, routes }]) =>
      [`Pods on ${whereText([...where], nodes)} ${said}.`, ...routes].join(' '),
    );
}

/** Of a filter that lets others through: are the nodes' ways out among them? Nothing where no way is known. */
function defaultRoutes({ nodes }: Group, region: Region): string[] {
  if (region.nodes || (region.before !== null && region.after !== null)) return [];
  const known = nodes.flatMap(({ name, ways }) => {
    const way = ways[region.family];
    return way === null ? [] : [{ name, way }];
  });
  if (known.length === 0) return [];
  const through = known.filter(({ way }) => leavesBy(region, way.interface));
  if (through.length === 0) return ['No default route leaves there.'];
  const names = [...new Set(through.map(({ way }) => way.interface))];
  return [`The default route of ${whereNames(through.map(({ name }) => name))} leaves there (${names.join(', ')}).`];
}

export const leavesBy = ({ out: { only, not } }: Pick<Region, 'out'>, name: string): boolean =>
  (only === null || passesFilter(only, name)) && (not === null || !passesFilter(not, name));

function predicateOf({ nodes, out, before, after }: Region): string {
  const by = outText(out);
  if (nodes && before !== null) return 'reach the nodes’ addresses with their own address: no longer NATed';
  if (nodes) return `are NATed to the nodes’ addresses, ${fromText(after)}`;
  if (after === null) return `are no longer NATed${by}: they keep their own address`;
  if (before === null) return `are NATed${by}, ${fromText(after)}`;
  const moved = before.address !== after.address;
  const ported = portsText(before) !== portsText(after);
  const address = moved ? [`leave from ${addressText(after)} instead of ${addressText(before)}`] : [];
  const ports = ported ? [`use ${portsText(after)} instead of ${portsText(before)} for tcp and udp`] : [];
  return `${[...address, ...ports].join(', and ')}${by === '' ? '' : `,${by}`}`;
}

/** What no longer has NAT, what has it now, what has another address, other ports. */
function rankOf({ before, after }: Region): number {
  if (after === null) return 0;
  if (before === null) return 1;
  return before.address !== after.address ? 2 : 3;
}

/** " out of eth0"; empty where it is every interface. */
export function outText({ only, not }: Region['out']): string {
  if (only === null && not === null) return '';
  const but = not === null ? '' : `other than ${not}`;
  if (only === null) return ` out of interfaces ${but}`;
  return ` out of ${only}${but === '' ? '' : ` ${but}`}`;
}

export const addressText = ({ address }: Source): string => address ?? 'the node’s address';
export const portsText = ({ ports }: Source): string =>
  ports === null
    ? 'any source port'
    : ports[0] === ports[1]
      ? `source port ${ports[0]}`
      : `source ports ${ports.join('–')}`;
const fromText = (source: Source | null): string => `from ${source === null ? 'their own' : addressText(source)}`;

function whereText(groups: readonly Group[], all: number): string {
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  if (count === 0) return 'every node';
  const names = groups.flatMap(({ nodes }) => nodes.map(({ name }) => name));
  if (count === 1 && names[0] !== undefined) return names[0];
  const number = count.toLocaleString('en-US');
  if (count !== all) return `${number} nodes`;
  return count === 2 ? 'both nodes' : `all ${number} nodes`;
}

const SHOWN = 4;
/** The first ones, then how many more. */
export function whereNames(names: readonly string[], count = names.length): string {
  if (count <= SHOWN) return listed(names.slice(0, SHOWN));
  return `${names.slice(0, SHOWN).join(', ')} and ${(count - SHOWN).toLocaleString('en-US')} more`;
}
