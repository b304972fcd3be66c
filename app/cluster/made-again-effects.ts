/** What a decision about pools that were deleted in the cluster and made again does, in sentences. Pure. */
import { listed, valueText } from '../pools/sync/sync-words.ts';

export interface Differing {
  field: string;
  desired?: unknown;
  live?: unknown;
  managers: readonly string[];
}
export interface MadeAgainPool {
  name: string;
  differing: readonly Differing[];
}
export type MadeAgainChoice = 'theirs' | 'ours';

const NAMED = 8;
const ASKED =
  'The cluster is asked first: where it refuses one of them, nothing is decided. Where it does not answer, it is decided all the same.';

export const NOTHING_LEFT = 'Nothing is left to decide: all of them were decided about meanwhile.';

/** How many are selected, and why no more can be. `open`: of those that are told at once, those that can be decided about. */
export function selectedWords(chosen: number, told: { open: number; atOnce: number; total: number }): string {
  const { open, atOnce, total } = told;
  if (chosen === 0) return 'Nodes follow them as they are there.';
  const selected = `${chosen.toLocaleString('en-US')} selected`;
  const rest = total - atOnce;
  if (chosen < open || rest <= 0) return selected;
  return `${selected}: ${atOnce.toLocaleString('en-US')} at once; the other ${rest.toLocaleString('en-US')} ${rest === 1 ? 'stays' : 'stay'} until these are decided`;
}

export function madeAgainTitle(verb: string, names: readonly string[]): string {
  if (names.length === 0) return verb;
  return `${verb}: ${names.length === 1 ? names.join('') : counted(names.length)}`;
}

export function madeAgainEffects(choice: MadeAgainChoice, pools: readonly MadeAgainPool[]): string[] {
  if (pools.length === 0) return [NOTHING_LEFT];
  const differing = pools.filter((pool) => pool.differing.length > 0);
  const moves = choice === 'ours' && differing.length > 0;
  const what =
    choice === 'theirs'
      ? 'What is desired becomes what the cluster has'
      : 'The cluster is written over with what is desired';
  return [
    ...(differing.length === 0 ? [] : [`${what}, of ${counted(differing.length)}: ${changes(choice, differing)}.`]),
    ...same(pools.length - differing.length, differing.length > 0),
    ...(moves ? [taken(differing)] : []),
    moves ? 'Every node follows.' : 'Nodes go on as they do now.',
    ...(choice === 'ours' ? [ASKED] : []),
    ...(pools.length === 1
      ? []
      : [`All ${number(pools.length)} are decided or none, each by a change of its own in History.`]),
  ];
}

/** Of one pool, in a table. */
export const differsText = (differing: readonly Differing[]): string =>
  differing.length === 0
    ? 'nothing: as it is desired'
    : differing
        .map((one) => `${moved('theirs', one)}${one.managers.length === 0 ? '' : `, held by ${listed(one.managers)}`}`)
        .join('; ');

function changes(choice: MadeAgainChoice, pools: readonly MadeAgainPool[]): string {
  const named = pools
    .slice(0, NAMED)
    .map(({ name, differing }) => `${name} (${differing.map((one) => moved(choice, one)).join(', ')})`);
  return [...named, ...(pools.length > NAMED ? [`and ${number(pools.length - NAMED)} more`] : [])].join('; ');
}

const moved = (choice: MadeAgainChoice, { field, desired, live }: Differing): string =>
  choice === 'theirs'
    ? `${field} ${valueText(desired)} → ${valueText(live)}`
    : `${field} ${valueText(live)} → ${valueText(desired)}`;

function same(count: number, others: boolean): string[] {
  if (count === 0) return [];
  const pools = `${others ? 'the other' : 'the'} ${count === 1 ? 'pool' : counted(count)}`;
  const [it, is, they] = count === 1 ? ['it', 'is', 'it is'] : ['they', 'are', 'they are'];
  return [`The cluster has ${pools} as ${it} ${is} desired${others ? '' : `: ${they} only ours again`}.`];
}

/** By field: of how many pools, from whom. */
function taken(pools: readonly MadeAgainPool[]): string {
  const byField = new Map<string, { pools: number; managers: Set<string> }>();
  for (const { field, managers } of pools.flatMap(({ differing }) => differing)) {
    if (managers.length === 0) continue;
    const of = byField.get(field) ?? { pools: 0, managers: new Set<string>() };
    byField.set(field, { pools: of.pools + 1, managers: new Set([...of.managers, ...managers]) });
  }
  if (byField.size === 0) return 'Nobody else holds the fields that differ.';
  const said = [...byField].map(
    ([field, of]) => `${field} of ${counted(of.pools)} from ${listed([...of.managers].sort())}`,
  );
  return `Taken: ${said.join('; ')}.`;
}

const counted = (count: number): string => `${number(count)} ${count === 1 ? 'pool' : 'pools'}`;
const number = (value: number): string => value.toLocaleString('en-US');
