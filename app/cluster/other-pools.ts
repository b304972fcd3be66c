/** The pools of the cluster that are not ours, as the page shows them, and what of it the address of the page holds. Pure. */
export interface OtherPool {
  name: string;
  spec: { cidr: string } | null;
  standing: 'managed' | 'observed' | 'foreign';
  owner: string;
  class: 'managed' | 'hand' | 'gitops' | 'operator' | 'applier';
}

export interface OthersView {
  search: string;
  standing: 'all' | 'observed' | 'foreign';
}

export function parseOthers(params: URLSearchParams): OthersView {
  const standing = params.get('standing');
  return {
    search: params.get('q')?.trim() ?? '',
    standing: standing === 'observed' || standing === 'foreign' ? standing : 'all',
  };
}

export function buildOthers({ search, standing }: OthersView): string {
  const params = new URLSearchParams();
  if (search.trim() !== '') params.set('q', search.trim());
  if (standing !== 'all') params.set('standing', standing);
  const text = params.toString();
  return text === '' ? '/cluster' : `/cluster?${text}`;
}

/** Not ours, and as the filters want it; what may be adopted first. */
export function othersShown<T extends OtherPool>(pools: readonly T[], { search, standing }: OthersView): T[] {
  const wanted = search.trim().toLowerCase();
  return pools
    .filter(
      (pool) =>
        pool.standing !== 'managed' &&
        (standing === 'all' || pool.standing === standing) &&
        [pool.name, pool.owner, pool.spec?.cidr ?? ''].some((text) => text.toLowerCase().includes(wanted)),
    )
    .sort((a, b) => Number(a.standing === 'foreign') - Number(b.standing === 'foreign') || (a.name < b.name ? -1 : 1));
}

/** What Calico cannot decode cannot become ours. */
export const adoptable = ({ standing, spec }: OtherPool): boolean => standing === 'observed' && spec !== null;

export const classWords: Record<OtherPool['class'], string> = {
  managed: 'applied by us before',
  hand: 'by hand or script',
  gitops: 'from Git or a chart',
  operator: 'made by an operator',
  applier: 'applied by another program',
};
