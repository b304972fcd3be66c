/** What History shows, as the address of the page: filters and the change that is open. */

export interface HistoryView {
  pool: string;
  actor: string;
  action: string;
  /** days, "2026-08-18", both included; UTC */
  from: string;
  to: string;
  search: string;
  /** the open change */
  change: number | null;
}

/** What kind of change it is: each row of the list has these words, and the filter. */
export const actionWords = {
  'pool.create': 'Pool created',
  'pool.update': 'Pool changed',
  'pool.delete': 'Pool deleted',
  'pool.import': 'Pools imported',
  'pool.adopt': 'Pools adopted',
  'pool.force': 'Ours chosen',
  'pool.release': 'Pool released',
  'pool.release-field': 'Field released',
  'pool.decide-field': 'Field decided here again',
  'pool.policy': 'Sync policy',
  'pool.enforce': 'Written back by policy',
  'settings.update': 'NAT settings',
  'settings.force': 'NAT settings, ours chosen',
  'hosts.update': 'Node addresses',
  'cluster.change': 'Changed in the cluster',
  'cluster.follow': 'Cluster followed as it is',
} as const;
export type Action = keyof typeof actionWords;

const texts = ['pool', 'actor', 'action', 'from', 'to', 'search'] as const;

/** Days and actions that do not exist are left out. */
export function parseHistory(params: URLSearchParams): HistoryView {
  const text = (name: string): string => params.get(name)?.trim() ?? '';
  const change = Number(params.get('change'));
  const action = text('action');
  return {
    pool: text('pool'),
    actor: text('actor'),
    action: action in actionWords ? action : '',
    from: isDay(text('from')) ? text('from') : '',
    to: isDay(text('to')) ? text('to') : '',
    search: text('search'),
    change: Number.isSafeInteger(change) && change > 0 ? change : null,
  };
}

export function buildHistory(view: HistoryView): string {
  const params = new URLSearchParams();
  for (const name of texts) if (view[name].trim() !== '') params.set(name, view[name].trim());
  if (view.change !== null) params.set('change', String(view.change));
  const text = params.toString();
  return text === '' ? '/history' : `/history?${text}`;
}

/** Whom the changes can be filtered by, each once: an account and a field manager of one name are asked for together. */
export function actorsIn(
  changes: readonly { actor: string; role: string }[],
  chosen: string,
): { actor: string; words: string }[] {
  const seen = new Map<string, Set<boolean>>(chosen === '' ? [] : [[chosen, new Set()]]);
  for (const { actor, role } of changes) seen.set(actor, (seen.get(actor) ?? new Set()).add(role === 'cluster'));
  return [...seen]
    .map(([actor, managers]) => {
      if (!managers.has(true)) return { actor, words: actor };
      return { actor, words: `${actor} (${managers.has(false) ? 'account, and ' : ''}field manager in the cluster)` };
    })
    .sort((a, b) => (a.actor < b.actor ? -1 : 1));
}

export interface ChangeFilter {
  pool?: string;
  actor?: string;
  action?: Action;
  from?: string;
  to?: string;
  search?: string;
}

/** The filter for the server: days become times, the last day is included whole. */
export function filterOf({ pool, actor, action, from, to, search }: HistoryView): ChangeFilter {
  return {
    ...(pool === '' ? {} : { pool }),
    ...(actor === '' ? {} : { actor }),
    ...(action === '' ? {} : { action: action as Action }),
    ...(from === '' ? {} : { from: `${from}T00:00:00.000Z` }),
    ...(to === '' ? {} : { to: new Date(Date.parse(`${to}T00:00:00.000Z`) + 86_400_000).toISOString() }),
    ...(search === '' ? {} : { search }),
  };
}

export const isFiltered = (view: HistoryView): boolean => texts.some((name) => view[name] !== '');
export const withoutFilters = ({ change }: HistoryView): HistoryView => ({
  ...parseHistory(new URLSearchParams()),
  change,
});

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}
