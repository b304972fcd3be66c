/** What the server knows of its cluster, as a verdict and in words. Pure: it is given the view and the time. */
import { type SyncState, syncStates } from '../../core/cluster/sync-state.ts';

export interface ClusterState {
  group: string | null;
  phase: 'no-pools' | 'starting' | 'live' | 'blind' | null;
  since: string | null;
  heardAt: string | null;
  leader: string | null;
  /** pools */
  counts: Record<SyncState, number>;
  /** FelixConfigurations */
  settings: Record<SyncState, number>;
  /** pools that are done with here: of so many the cluster refuses to delete the object, or to take our name from it */
  refused: { deletion: number; release: number };
  /** pools that the cluster has and that can be read: so many are being deleted there, or were deleted here and are there still, and of so many of them it is refused */
  live: { deleting: number; refused: number };
  /** what the FelixConfigurations there say and Felix does not put in force, or stops on */
  problems: readonly { stops: boolean }[];
  /** the types are back after a loss, and lack something that was known */
  back: { since: string; pools: Lacking; settings: Lacking } | null;
}

interface Lacking {
  known: number;
  missing: number;
}

export interface ConnectionVerdict {
  /** `check` is live too, and somebody must look */
  kind: 'live' | 'check' | 'waiting' | 'lost';
  text: string;
  /** what follows for the nodes */
  follows: string;
  /** since when it is so; null: not known */
  since: string | null;
}

/** An API server sends something at least once a minute; a leader tells it every few seconds. */
export const SILENT_MS = 90_000;

export function verdictOf(view: ClusterState, now: number): ConnectionVerdict {
  const kept = 'What was last known stays in force.';
  const { phase, since, heardAt, leader, back } = view;
  if (phase === null || leader === null) {
    return { kind: 'waiting', text: 'No server leads yet, so nobody follows the cluster.', follows: kept, since: null };
  }
  if (back !== null && back.pools.missing > 0) {
    return {
      kind: 'lost',
      text: `IPPools are back in this cluster, and ${number(back.pools.missing)} of ${number(back.pools.known)} known pools ${back.pools.missing === 1 ? 'is' : 'are'} missing.`,
      follows: kept,
      since: back.since,
    };
  }
  if (phase === 'starting') {
    return { kind: 'waiting', text: 'The cluster is being read for the first time.', follows: kept, since };
  }
  if (phase === 'no-pools') {
    return {
      kind: 'lost',
      text: 'There are no IPPools in this cluster: it does not serve them.',
      follows: kept,
      since,
    };
  }
  if (phase === 'blind') return { kind: 'lost', text: 'The cluster cannot be heard.', follows: kept, since };
  if (heardAt === null || now - Date.parse(heardAt) > SILENT_MS) {
    return {
      kind: 'lost',
      text: `${leader} leads, and no longer tells of the cluster.`,
      follows: kept,
      since: heardAt,
    };
  }
  const waits = [backText(back), waitsText(view), ...refusedTexts(view)].filter((one) => one !== null);
  return {
    kind: waits.length === 0 && view.problems.length === 0 ? 'live' : 'check',
    text: `Live: ${poolsText(view.counts)}`,
    follows: [...waits, ...goingTexts(view), reachText(view)].join(' '),
    since,
  };
}

/** Whether what the ledger says of the cluster is how it is there now. */
export const isHeard = (view: ClusterState, now: number): boolean =>
  ['live', 'check'].includes(verdictOf(view, now).kind);

/** Null: no settings are missing. */
function backText(back: ClusterState['back']): string | null {
  if (back === null || back.settings.missing === 0) return null;
  const { missing, known } = back.settings;
  return `FelixConfigurations are back, and ${number(missing)} of ${number(known)} known ones ${missing === 1 ? 'is' : 'are'} missing: the last known settings stay in force.`;
}

/** Null: nothing waits for anybody. */
function waitsText({ counts, settings }: ClusterState): string | null {
  const [pools, felixes] = [needsSomebody(counts), needsSomebody(settings)];
  const parts = [
    ...(pools === 0 ? [] : [`${number(pools)} ${pools === 1 ? 'pool' : 'pools'}`]),
    ...(felixes === 0 ? [] : [`${number(felixes)} ${felixes === 1 ? 'FelixConfiguration' : 'FelixConfigurations'}`]),
  ];
  if (parts.length === 0) return null;
  return `${parts.join(' and ')} ${pools + felixes === 1 ? 'needs' : 'need'} a decision.`;
}

/** What the cluster refuses of pools that are done with here. */
export function refusedTexts({ refused: { deletion, release } }: Pick<ClusterState, 'refused'>): string[] {
  const pools = (many: number): string => (many === 1 ? 'a pool' : `${number(many)} pools`);
  return [
    ...(deletion === 0
      ? []
      : [`The cluster refuses to delete ${pools(deletion)} of which the deletion was decided here.`]),
    ...(release === 0
      ? []
      : [`The cluster refuses to take our name from ${pools(release)} that we no longer decide about.`]),
  ];
}

/** They are followed until they are gone: that needs nobody, unless the cluster refuses it, which is said apart. */
function goingTexts({ live, refused }: ClusterState): string[] {
  const going = live.deleting - live.refused;
  if (going <= 0) return [];
  const [pools, them] = going === 1 ? ['pool is', 'it is'] : ['pools are', 'they are'];
  // those of the sentence before are counted with them on the page
  const more = refused.deletion === 0 ? '' : 'more ';
  return [`${number(going)} ${more}${pools} being deleted there, and in force until ${them} gone.`];
}

function reachText({ problems, back }: ClusterState): string {
  if (problems.some(({ stops }) => stops)) return 'Settings there stop Felix: they are named below.';
  return problems.length === 0
    ? `Every change ${back === null ? 'there' : 'of a pool there'} reaches the nodes.`
    : 'Settings there are not in force: they are named below.';
}

/** States that need somebody, the most urgent first. */
export const waitingStates: readonly SyncState[] = ['Contested', 'Forbidden', 'Rejected', 'OutOfSync'];

export const needsSomebody = (counts: Record<SyncState, number>): number =>
  waitingStates.reduce((sum, state) => sum + counts[state], 0);

/** Pools and settings together. */
export const allCounts = ({ counts, settings }: Pick<ClusterState, 'counts' | 'settings'>): Record<SyncState, number> =>
  Object.fromEntries(syncStates.map((state) => [state, counts[state] + settings[state]])) as Record<SyncState, number>;

/** Of the FelixConfigurations that something is decided about. */
export function settingsText(settings: Record<SyncState, number>): string {
  const total = syncStates.reduce((sum, state) => sum + settings[state], 0);
  if (total === 0) return 'nothing is decided here';
  const apart = waitingStates
    .filter((state) => settings[state] > 0)
    .map((state) => `${number(settings[state])} ${state}`);
  const said = `${number(settings.Synced)} of ${number(total)} ${total === 1 ? 'FelixConfiguration' : 'FelixConfigurations'} as decided`;
  return [said, ...apart].join(', ');
}

function poolsText(counts: Record<SyncState, number>): string {
  const total = syncStates.reduce((sum, state) => sum + counts[state], 0);
  if (total === 0) return 'no pool is ours yet.';
  if (counts.Synced === total)
    return total === 1 ? 'our pool is as desired.' : `all ${number(total)} pools are as desired.`;
  return `${number(counts.Synced)} of ${number(total)} pools are as desired.`;
}

const number = (value: number): string => value.toLocaleString('en-US');

/** What the leader looks at next is not what waits: it may be there already, and what waits for a retry may not be looked at now. */
export function queueText(queued: number, pending: number): string {
  const said = [
    ...(queued > 0
      ? [`${queued === 1 ? '1 pool or setting' : `${number(queued)} pools and settings`} still to be compared`]
      : []),
    ...(pending > 0
      ? [`Pending ${pending === 1 ? 'is 1 pool' : `are ${number(pending)} pools`} not in the cluster yet`]
      : []),
  ];
  return said.length === 0 ? 'nothing is to be compared' : said.join('; ');
}

/** The same on every page that counts them. */
export function livePoolsText({
  managed,
  observed,
  foreign,
  deleting,
  unreadable,
}: Record<'managed' | 'observed' | 'foreign' | 'deleting' | 'unreadable', number>): string {
  return [
    `${number(managed)} ours`,
    `${number(observed + foreign)} of others`,
    ...(deleting > 0 ? [`${number(deleting)} being deleted`] : []),
    ...(unreadable > 0 ? [`${number(unreadable)} more cannot be read`] : []),
  ].join(' · ');
}
