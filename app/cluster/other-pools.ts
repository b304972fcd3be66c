/** The pools of the cluster that are not ours, as the page shows them, and what of it the address of the page holds. Pure. */
import type { Refused } from '../pools/deletion-waits.ts';

export interface OtherPool {
  name: string;
  spec: { cidr: string } | null;
  /** why Calico cannot read it as it stands, and whether nodes follow what it was before; null: Calico reads it */
  unreadable: { why: string; followed: boolean } | null;
  standing: 'managed' | 'observed' | 'foreign';
  owner: string;
  class: 'managed' | 'hand' | 'gitops' | 'operator' | 'applier';
  /** it counts until it is gone */
  deleting: boolean;
  /** it was deleted here, by that change, and is there still */
  deletion: { change: number; refused: Refused | null } | null;
}

export const othersFilters = ['all', 'observed', 'foreign', 'deleting', 'unreadable'] as const;

export interface OthersView {
  search: string;
  standing: (typeof othersFilters)[number];
}

export function parseOthers(params: URLSearchParams): OthersView {
  const standing = params.get('standing');
  return {
    search: params.get('q')?.trim() ?? '',
    standing: othersFilters.find((one) => one === standing) ?? 'all',
  };
}

export function buildOthers({ search, standing }: OthersView): string {
  const params = new URLSearchParams();
  if (search.trim() !== '') params.set('q', search.trim());
  if (standing !== 'all') params.set('standing', standing);
  const text = params.toString();
  return text === '' ? '/cluster' : `/cluster?${text}`;
}

/** The list with this pool alone, and that ticked. */
export const toAdopt = (name: string): string =>
  `${buildOthers({ search: name, standing: 'all' })}&adopt=${encodeURIComponent(name)}`;

/** What comes ticked with an address; whatever is pressed there, it is no part of the next one. */
export const tickedIn = (params: URLSearchParams): ReadonlySet<string> => new Set(params.getAll('adopt').slice(0, 1));

/** Not ours, and as the filters want it; what may be adopted first. */
export function othersShown<T extends OtherPool>(pools: readonly T[], { search, standing }: OthersView): T[] {
  const wanted = search.trim().toLowerCase();
  return pools
    .filter(
      (pool) =>
        pool.standing !== 'managed' &&
        isOne(pool, standing) &&
        [pool.name, pool.owner, pool.spec?.cidr ?? ''].some((text) => text.toLowerCase().includes(wanted)),
    )
    .sort((a, b) => Number(a.standing === 'foreign') - Number(b.standing === 'foreign') || (a.name < b.name ? -1 : 1));
}

export function isOne(pool: OtherPool, standing: OthersView['standing']): boolean {
  if (standing === 'observed') return adoptable(pool);
  if (standing === 'unreadable') return pool.unreadable !== null;
  if (standing === 'deleting') return goes(pool);
  return standing === 'all' || (pool.standing === 'foreign' && !goes(pool));
}

/** What Calico cannot read, or is about to go, cannot become ours. */
export const adoptable = (pool: OtherPool): boolean =>
  pool.standing === 'observed' && pool.unreadable === null && !goes(pool);

const goes = ({ deleting, deletion }: OtherPool): boolean => deleting || deletion !== null;

/** Something is said beside what it does. Of one that goes its name says so. */
export const isOdd = (
  pool: OtherPool & { violations: readonly unknown[]; problems: readonly unknown[]; heldFast: object | null },
): boolean =>
  pool.violations.length + pool.problems.length > 0 ||
  pool.unreadable !== null ||
  pool.heldFast !== null ||
  (pool.deletion !== null && !pool.deleting);

/** Whose pools these are, and that nodes follow them: but for those of which there is nothing to follow. */
export function othersLead(pools: readonly OtherPool[]): string {
  const number = (value: number): string => value.toLocaleString('en-US');
  const nothing = pools.filter(({ unreadable }) => unreadable?.followed === false).length;
  if (nothing === pools.length && nothing > 0) {
    return `${number(nothing)}; Calico cannot read ${nothing === 1 ? 'it, so no node follows it' : 'them, so no node follows one of them'}`;
  }
  // the filter beside it counts all that cannot be read
  const unread = pools.filter(({ unreadable }) => unreadable !== null).length;
  const of = unread > nothing ? `of the ${number(unread)} ` : '';
  const but = nothing === 0 ? '' : `, but for ${number(nothing)} ${of}that Calico cannot read`;
  return `${number(pools.length)}; nodes follow them as they follow ours${but}`;
}

export const followedWords = ({ followed }: { followed: boolean }): string =>
  followed ? 'nodes follow it as it was before' : 'no node follows it';

export const classWords: Record<OtherPool['class'], string> = {
  managed: 'applied by us before',
  hand: 'by hand or script',
  gitops: 'from Git or a chart',
  operator: 'made by an operator',
  applier: 'applied by another program',
};
