'use client';
import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { Boxes, CircleCheck, CircleDashed, ClockAlert, Database, OctagonX, Server, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { facetsOf } from '../../core/pool/defaults.ts';
import type { NodeState } from '../../core/wire/reasons.ts';
import { allCounts, livePoolsText, verdictOf } from '../cluster/connection.ts';
import { useNow } from '../components/age.tsx';
import { Panel } from '../components/panel.tsx';
import { useTRPC } from '../trpc/client.ts';
import { useDesiredState } from '../trpc/desired-state.ts';
import { type Between, beforeCluster, beforeNodes } from './between.ts';

const SQUARES = 1000;
const number = (value: number): string => value.toLocaleString('en-US');

/** Desired at the left, then what the cluster says, every node a square at the right, and between them whether they are one. */
export function Convergence() {
  const trpc = useTRPC();
  const { data: status } = useQuery(trpc.status.get.queryOptions());
  const nodes = useQuery(trpc.nodes.list.queryOptions({}));
  const desired = useDesiredState();
  if (status === undefined)
    return (
      <Panel label="Convergence">
        <div className="h-18" />
      </Panel>
    );
  const { total, programmed, pending, drifted, stale, failed } = status.nodes;
  const cluster = status.mode === 'cluster';
  const facets = desired?.pools.map(({ spec }) => facetsOf(spec)) ?? null;
  const listed = nodes.data?.nodes ?? [];
  const withoutAgent = listed.filter(({ signIn }) => signIn === null).length;
  return (
    <Panel label="Convergence">
      <div
        className={clsx(
          'grid items-center max-[73.75rem]:grid-cols-1 max-[73.75rem]:gap-3',
          cluster ? 'grid-cols-[9rem_9rem_11rem_9rem_minmax(0,1fr)]' : 'grid-cols-[11rem_9rem_minmax(0,1fr)]',
        )}
      >
        <div>
          <h2 className="flex items-center gap-1.5 text-xs font-medium text-ink-2">
            <Database aria-hidden className="size-3 text-ink-3" /> Desired
          </h2>
          <p className="my-1 text-2xl font-[550] tracking-tight text-ink-1 tabular-nums">
            {number(status.pools)}{' '}
            <span className="text-sm font-normal tracking-normal text-ink-2">
              {status.pools === 1 ? 'pool' : 'pools'}
            </span>
          </p>
          <p className="min-h-4.5 text-xs">
            {status.pools === 0 ? (
              <Link className="link" href="/pools">
                Load an example or import
              </Link>
            ) : (
              facets !== null && (
                <Link className="link" href="/pools">
                  {number(facets.filter(({ nats }) => nats).length)} NAT ·{' '}
                  {number(facets.filter(({ exempt }) => exempt).length)} exempt
                </Link>
              )
            )}
          </p>
        </div>
        {cluster && <LivePart />}
        <BetweenChip between={beforeNodes(status.nodes, cluster)} />
        <div className="min-w-0">
          <h2 className="flex items-center gap-1.5 text-xs font-medium text-ink-2">
            <Server aria-hidden className="size-3 text-ink-3" /> Programmed on nodes
            <span className="ml-auto font-normal text-ink-3 narrow:hidden">each square is a node</span>
          </h2>
          <div className="my-1 flex items-center gap-3">
            <p className="text-2xl font-[550] tracking-tight whitespace-nowrap text-ink-1 tabular-nums">
              {number(programmed)}{' '}
              <span className="text-sm font-normal tracking-normal text-ink-2">of {number(total)}</span>
            </p>
            {listed.length > 0 && listed.length <= SQUARES && (
              <ul className="flex max-h-28 flex-wrap overflow-y-auto">
                {listed.map((node) => (
                  <NodeSquare key={node.name} name={node.name} state={node.state} />
                ))}
              </ul>
            )}
          </div>
          <p className="text-xs text-ink-2">
            {(
              [
                ['Pending', pending],
                ['Drifted', drifted],
                ['Stale', stale],
                ['Failed', failed],
              ] as const
            ).map(([state, count], index) => (
              <span key={state}>
                {index > 0 && ' · '}
                {count === 0 ? (
                  `0 ${state}`
                ) : (
                  <Link className="link" href={`/nodes?state=${state}`}>
                    {number(count)} {state}
                  </Link>
                )}
              </span>
            ))}
            {withoutAgent > 0 && (
              <>
                {' · '}
                <Link className="link" href="/nodes?reason=NoAgent">
                  {number(withoutAgent)} without an agent
                </Link>
              </>
            )}
          </p>
        </div>
      </div>
    </Panel>
  );
}

const tones: Record<Between['tone'], { icon: typeof TriangleAlert; look: string; mark: string }> = {
  calm: { icon: CircleCheck, look: 'bg-surface-1 text-ink-2 ring-line', mark: 'text-programmed-mark' },
  pending: { icon: CircleDashed, look: 'bg-pending-bg text-pending-fg ring-pending-bd', mark: '' },
  check: { icon: TriangleAlert, look: 'bg-drifted-bg text-drifted-fg ring-drifted-bd', mark: '' },
  unknown: { icon: ClockAlert, look: 'bg-stale-bg text-stale-fg ring-stale-bd', mark: '' },
};

function BetweenChip({ between: { tone, text } }: { between: Between }) {
  const { icon: Icon, look, mark } = tones[tone];
  return (
    <span className="relative grid h-full place-items-center pr-4 before:absolute before:top-1/2 before:right-4 before:left-0 before:h-px before:bg-line max-[73.75rem]:h-auto max-[73.75rem]:place-items-start max-[73.75rem]:before:hidden">
      <span
        className={clsx(
          'relative inline-flex h-5.5 items-center gap-1.5 rounded-sm px-1.75 text-xs font-medium whitespace-nowrap ring-1 ring-inset',
          look,
        )}
      >
        <Icon aria-hidden className={clsx('size-3.5', mark)} />
        {text}
      </span>
    </span>
  );
}

/** What the cluster says between what is desired and the nodes, which follow it. */
function LivePart() {
  const trpc = useTRPC();
  const { data: view } = useQuery(trpc.cluster.get.queryOptions());
  const now = useNow();
  if (view === undefined) return <div className="col-span-2" />;
  const { managed, observed, foreign, deleting } = view.live;
  // what is being deleted is in force until it is gone
  const total = managed + observed + foreign + deleting;
  return (
    <>
      <BetweenChip between={beforeCluster(verdictOf(view, now).kind, allCounts(view))} />
      <div>
        <h2 className="flex items-center gap-1.5 text-xs font-medium text-ink-2">
          <Boxes aria-hidden className="size-3 text-ink-3" /> Live in the cluster
        </h2>
        <p className="my-1 text-2xl font-[550] tracking-tight text-ink-1 tabular-nums">
          {number(total)}{' '}
          <span className="text-sm font-normal tracking-normal text-ink-2">{total === 1 ? 'pool' : 'pools'}</span>
        </p>
        <p className="min-h-4.5 text-xs">
          <Link className="link" href="/cluster">
            {livePoolsText(view.live)}
          </Link>
        </p>
      </div>
    </>
  );
}

const squares: Record<NodeState, { look: string; icon: typeof TriangleAlert | null }> = {
  Programmed: { look: 'bg-programmed-bg ring-1 ring-programmed-mark', icon: null },
  Observed: { look: 'bg-programmed-bg ring-1 ring-programmed-mark', icon: null },
  Pending: { look: 'bg-pending-bg text-pending-fg ring-[1.5px] ring-pending-mark', icon: CircleDashed },
  Drifted: { look: 'bg-drifted-bg text-drifted-fg ring-[1.5px] ring-drifted-mark', icon: TriangleAlert },
  Stale: { look: 'border-[1.5px] border-dashed border-stale-mark bg-stale-bg text-stale-fg', icon: ClockAlert },
  Failed: { look: 'bg-failed-bg text-failed-fg ring-[1.5px] ring-failed-mark', icon: OctagonX },
};

/** 18 px to see in a target of 24. */
function NodeSquare({ name, state }: { name: string; state: NodeState }) {
  const { look, icon: Icon } = squares[state];
  return (
    <li>
      <Link
        href={`/nodes/${encodeURIComponent(name)}`}
        title={`${name}: ${state}`}
        aria-label={`${name}: ${state}`}
        className="grid size-6 place-items-center rounded-sm -outline-offset-1"
      >
        <span className={clsx('grid size-4.5 place-items-center rounded-[3px] ring-inset', look)}>
          {Icon !== null && <Icon aria-hidden className="size-3" />}
        </span>
      </Link>
    </li>
  );
}
