import { listed } from '../pools/sync/sync-words.ts';

export interface Adopted {
  name: string;
  owner: string;
  violations: readonly unknown[];
}

const NAMED = 8;

/** What becomes of pools that are adopted, one sentence each. */
export function adoptionEffects(pools: readonly Adopted[]): string[] {
  const names = pools.map(({ name }) => name);
  const shown = names.length > NAMED ? [...names.slice(0, NAMED), `${names.length - NAMED} more`] : names;
  const owners = [...new Set(pools.map(({ owner }) => owner))].sort();
  const broken = pools.filter(({ violations }) => violations.length > 0).map(({ name }) => name);
  return [
    `${listed(shown)} become${pools.length === 1 ? 's' : ''} ours as the cluster has ${pools.length === 1 ? 'it' : 'them'}.`,
    'NAT does not change: no node sees a difference.',
    `In the cluster outgate is named as an owner of the fields, beside ${listed(owners)}.`,
    ...(broken.length === 0
      ? []
      : [`What ${listed(broken.slice(0, NAMED))} break${broken.length === 1 ? 's' : ''} stays as it is.`]),
  ];
}
