'use client';
import { clsx } from 'clsx';
import { CircleCheck, CircleDashed, OctagonX, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { syncStates } from '../../core/cluster/sync-state.ts';
import { Age, useNow, When } from '../components/age.tsx';
import { Panel } from '../components/panel.tsx';
import { SyncStateChip } from '../components/state-chip.tsx';
import type { ClusterView } from './cluster-view.ts';
import { isHeard, livePoolsText, queueText, SILENT_MS, settingsText, verdictOf } from './connection.ts';

const looks = {
  live: { icon: CircleCheck, mark: 'text-synced-mark', edge: 'border-l-line-control' },
  check: { icon: TriangleAlert, mark: 'text-warning-fg', edge: 'border-l-warning-mark' },
  waiting: { icon: CircleDashed, mark: 'text-pending-fg', edge: 'border-l-pending-mark' },
  lost: { icon: OctagonX, mark: 'text-failed-fg', edge: 'border-l-failed-mark' },
} as const;

/** The verdict in one sentence, then what it is told from, then how our pools stand. */
export function ConnectionPanel({ view }: { view: ClusterView }) {
  const now = useNow();
  const verdict = verdictOf(view, now);
  const { icon: Icon, mark, edge } = looks[verdict.kind];
  const heard = isHeard(view, now);
  return (
    <Panel label="Connection" flush className={clsx('border-l-[3px]', edge)}>
      <div className="px-4.5 pt-3 pb-2.5">
        <h2 className="flex items-baseline gap-2 text-xl font-[550] tracking-tight wrap-anywhere text-ink-1">
          <Icon aria-hidden className={clsx('size-4.5 flex-none self-center', mark)} />
          {verdict.text}
        </h2>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-1.5">
          {verdict.follows}
          {verdict.since !== null && (
            <span className="inline-flex items-center gap-1.5 text-xs text-ink-3">
              since <When at={verdict.since} />
            </span>
          )}
        </p>
        {(view.error ?? view.election.error) !== null && (
          <p className="mt-1 machine wrap-anywhere text-ink-1">{view.error ?? view.election.error}</p>
        )}
      </div>
      <Facts view={view} />
      {!heard && view.heardAt !== null && (
        <p className="border-t border-line-faint px-4.5 pt-2.5 pb-1 text-xs text-ink-2">
          How our pools stood when the cluster was last heard. Whether it is so still is not known.
        </p>
      )}
      <ul
        aria-label="How our pools stand"
        className="grid grid-cols-6 divide-x divide-line-faint border-t border-line-faint max-[73.75rem]:grid-cols-3 narrow:grid-cols-2"
      >
        {syncStates.map((state) => (
          <li key={state} className="border-b border-line-faint">
            <Link href={`/pools?sync=${state}`} className="block px-4.5 py-2.25 -outline-offset-2 hover:bg-surface-2">
              <span
                className={clsx(
                  'block text-2xl font-[550] tracking-tight tabular-nums',
                  view.counts[state] === 0 ? 'text-ink-3' : 'text-ink-1',
                )}
              >
                {view.counts[state].toLocaleString('en-US')}
              </span>
              {view.counts[state] === 0 ? (
                <span className="text-xs text-ink-3">{state}</span>
              ) : (
                <SyncStateChip state={state} heard={heard} />
              )}
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Facts({ view }: { view: ClusterView }) {
  const { server, group, back, leader, election, heardAt, queued, live, phase } = view;
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)_max-content_minmax(0,1fr)] items-baseline gap-x-4 gap-y-1.5 border-t border-line-faint px-4.5 py-3 text-xs max-[73.75rem]:grid-cols-[max-content_minmax(0,1fr)] [&_dt]:text-ink-3">
      <dt>API server</dt>
      <dd className="machine wrap-anywhere text-ink-1">{server}</dd>
      <dt>Pools are read as</dt>
      <dd className="machine wrap-anywhere text-ink-1">
        {group ?? back?.group}
        {group === null && (
          <span className="font-(family-name:--sans) text-ink-3">
            {back === null ? 'no group serves them' : ', not followed'}
          </span>
        )}
      </dd>
      <dt>Who leads</dt>
      <dd className="wrap-anywhere">
        {leader === null ? (
          <span className="text-ink-3">nobody yet</span>
        ) : (
          <span className="machine text-ink-1">{leader}</span>
        )}
        <span className="text-ink-3">
          {leader !== null && phase === 'blind' && election.role !== 'leader'
            ? ', when the cluster was last heard'
            : `; ${roleWords(election.role)}`}
        </span>
      </dd>
      <dt>Last heard</dt>
      <dd>
        {heardAt === null ? (
          <span className="text-ink-3">never</span>
        ) : (
          <Age at={heardAt} limitSeconds={SILENT_MS / 1000} />
        )}
      </dd>
      <dt>Leader’s queue</dt>
      <dd className="tabular-nums">{queueText(queued, view.counts.Pending)}</dd>
      <dt>Pools there</dt>
      <dd className="text-ink-1 tabular-nums">{livePoolsText(live)}</dd>
      <dt>NAT settings</dt>
      <dd className="tabular-nums">
        <Link className="link" href="/settings">
          {settingsText(view.settings)}
        </Link>
      </dd>
    </dl>
  );
}

function roleWords(role: string): string {
  if (role === 'leader') return 'it is the server that answers here';
  return role === 'follower'
    ? 'the server that answers here follows'
    : 'the server that answers here does not know yet';
}
