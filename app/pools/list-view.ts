import { type SyncState, syncStates } from '../../core/cluster/sync-state.ts';

/** What the pool list shows, as the address bar has it. Defaults are left out, so the plain list is plain `/pools`. */
export const facetFilters = ['all', 'allocates', 'nats', 'exempt', 'violations'] as const;
export const families = ['all', '4', '6'] as const;
export const sorts = ['cidr', 'name', 'nodes', 'natted'] as const;

export interface ListView {
  search: string;
  facet: (typeof facetFilters)[number];
  family: (typeof families)[number];
  /** how pools stand in the cluster */
  sync: SyncState | 'all';
  sort: (typeof sorts)[number];
  descending: boolean;
  /** ticked pools, in the order they were ticked */
  selected: readonly string[];
}

/** More names than this make a link too long to send: the selection then lives in the page alone. */
export const MOST_IN_LINK = 50;

export function parseListView(query: URLSearchParams): ListView {
  const sort = query.get('sort') ?? '';
  const selected = query.get('selected');
  return {
    search: query.get('q') ?? '',
    facet: oneOf(facetFilters, query.get('facet'), 'all'),
    family: oneOf(families, query.get('family'), 'all'),
    sync: oneOf(['all', ...syncStates], query.get('sync'), 'all'),
    sort: oneOf(sorts, sort.replace(/^-/, ''), 'cidr'),
    descending: sort.startsWith('-'),
    selected: selected === null || selected === '' ? [] : [...new Set(selected.split(','))],
  };
}

/** "/pools" or "/pools?q=..." */
export function buildListView(view: ListView): string {
  const query = new URLSearchParams();
  if (view.search !== '') query.set('q', view.search);
  if (view.facet !== 'all') query.set('facet', view.facet);
  if (view.family !== 'all') query.set('family', view.family);
  if (view.sync !== 'all') query.set('sync', view.sync);
  if (view.sort !== 'cidr' || view.descending) query.set('sort', `${view.descending ? '-' : ''}${view.sort}`);
  if (view.selected.length > 0 && view.selected.length <= MOST_IN_LINK) query.set('selected', view.selected.join(','));
  const text = query.toString();
  return text === '' ? '/pools' : `/pools?${text}`;
}

/** What Escape takes away: everything that hides rows. */
export const withoutFilters = (view: ListView): ListView => ({
  ...view,
  search: '',
  facet: 'all',
  family: 'all',
  sync: 'all',
});
export const isFiltered = (view: ListView): boolean =>
  view.search !== '' || view.facet !== 'all' || view.family !== 'all' || view.sync !== 'all';

const oneOf = <T extends string>(all: readonly T[], text: string | null, otherwise: T): T =>
  all.find((one) => one === text) ?? otherwise;
