import { OUR_MANAGER } from '../../core/cluster/managed-fields.ts';
import { listed } from '../pools/sync/sync-words.ts';

export interface Adopted {
  name: string;
  owner: string;
  violations: readonly unknown[];
  /** who claims fields of it in the cluster */
  managers: readonly string[];
}

const NAMED = 8;

/** What becomes of pools that are adopted, one sentence each. */
export function adoptionEffects(pools: readonly Adopted[]): string[] {
  const names = pools.map(({ name }) => name);
  const owners = [...new Set(pools.map(({ owner }) => owner))].sort();
  const broken = pools.filter(({ violations }) => violations.length > 0).map(({ name }) => name);
  const holders = [...new Set(pools.flatMap(({ managers }) => managers))].filter((name) => name !== OUR_MANAGER).sort();
  return [
    `${listed(few(names))} become${pools.length === 1 ? 's' : ''} ours as the cluster has ${pools.length === 1 ? 'it' : 'them'}.`,
    'NAT does not change: no node sees a difference.',
    `In the cluster outgate is named as an owner of the fields, beside ${listed(owners)}.`,
    ...(holders.length === 0 ? [] : [coHolders(holders)]),
    ...(broken.length === 0
      ? []
      : [`What ${listed(few(broken))} break${broken.length === 1 ? 's' : ''} stays as it is.`]),
  ];
}

const few = (names: readonly string[]): readonly string[] =>
  names.length > NAMED ? [...names.slice(0, NAMED), `${(names.length - NAMED).toLocaleString('en-US')} more`] : names;

function coHolders(names: readonly string[]): string {
  const [stay, they] = names.length === 1 ? ['stays a holder', 'it holds'] : ['stay holders', 'they hold'];
  return (
    `${listed(few(names))} ${stay} of fields: the next change of one that ${they} is contested, ` +
    'until ours is applied by force or the policy is enforce.'
  );
}
