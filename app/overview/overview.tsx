'use client';
import { useQuery } from '@tanstack/react-query';
import { Route } from 'lucide-react';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { Age } from '../components/age.tsx';
import { ButtonLink } from '../components/button.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Select } from '../components/field.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { TruthLine, TruthPill } from '../components/truth-pill.tsx';
import { LivePill } from '../components/truths.tsx';
import { type Outputs, useTRPC } from '../trpc/client.ts';
import { AttentionPanel } from './attention-panel.tsx';
import { ConnectionsChart } from './connections-chart.tsx';
import { Convergence } from './convergence.tsx';
import { LastChanges } from './last-changes.tsx';

const spans = [
  { minutes: 15, label: 'Last 15 minutes' },
  { minutes: 60, label: 'Last hour' },
  { minutes: 180, label: 'Last 3 hours' },
  { minutes: 720, label: 'Last 12 hours' },
  { minutes: 1440, label: 'Last day' },
] as const;

/** Are all nodes converged, what needs somebody, what was NATed, what changed. Calm when all is well. */
export function Overview() {
  const trpc = useTRPC();
  const wanted = Number(useSearchParams().get('minutes'));
  const minutes = spans.find((span) => span.minutes === wanted)?.minutes ?? 60;
  const status = useQuery(trpc.status.get.queryOptions());
  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          <>
            <Select
              aria-label="Time shown in the chart"
              value={minutes}
              onChange={(event) => window.history.replaceState(null, '', `/?minutes=${event.target.value}`)}
              className="w-40!"
            >
              {spans.map((span) => (
                <option key={span.minutes} value={span.minutes}>
                  {span.label}
                </option>
              ))}
            </Select>
            <ButtonLink look="primary" href="/simulator">
              <Route aria-hidden /> Ask the simulator
            </ButtonLink>
          </>
        }
        truths={<Truths status={status.data} />}
      />
      {status.isError && <ErrorPanel error={status.error} onRetry={() => void status.refetch()} className="mb-3" />}
      <div className="flex flex-col gap-3">
        <Convergence />
        <AttentionPanel />
        <ConnectionsChart minutes={minutes} />
        <LastChanges />
      </div>
    </>
  );
}

function Truths({ status }: { status: Outputs['status']['get'] | undefined }) {
  if (status === undefined) return <TruthLine>{null}</TruthLine>;
  const { total, programmed } = status.nodes;
  const revision = status.revision.slice(0, 8);
  return (
    <TruthLine>
      <TruthPill truth="desired" age={status.savedAt !== null && <Age at={status.savedAt} prefix="saved" />}>
        {status.sequence === 0 ? (
          'no change made yet'
        ) : (
          <span className="machine">{status.desiredRevision.slice(0, 8)}</span>
        )}
      </TruthPill>
      {status.mode === 'cluster' && <LivePill status={status} />}
      <TruthPill truth="programmed" off={total === 0}>
        {total === 0 ? (
          <>
            no node has joined;{' '}
            <Link className="link" href="/settings?tab=tokens">
              make a join token
            </Link>
          </>
        ) : (
          <>
            {programmed.toLocaleString('en-US')} of {total.toLocaleString('en-US')} match{' '}
            <span className="machine">{revision}</span>
          </>
        )}
      </TruthPill>
    </TruthLine>
  );
}
