'use client';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { isHeard } from '../cluster/connection.ts';
import { type Outputs, useTRPC } from '../trpc/client.ts';
import { Age, useNow } from './age.tsx';
import { TruthLine, TruthPill } from './truth-pill.tsx';

/** The truth line of a page that shows the desired state, what the cluster makes of it, and how far the nodes are. */
export function DesiredAndProgrammed({ extra, note }: { extra?: ReactNode; note?: ReactNode }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.status.get.queryOptions());
  if (data === undefined) return <TruthLine>{null}</TruthLine>;
  const { total, programmed } = data.nodes;
  const empty = data.sequence === 0;
  return (
    <TruthLine note={note}>
      <TruthPill truth="desired" age={data.savedAt !== null && <Age at={data.savedAt} prefix="saved" />}>
        {empty ? 'empty, no change made yet' : <span className="machine">{data.desiredRevision.slice(0, 8)}</span>}
        {extra}
      </TruthPill>
      {data.mode === 'cluster' && <LivePill status={data} />}
      <TruthPill truth="programmed" off={total === 0}>
        {total === 0 ? 'no node has joined' : `${programmed} of ${total} nodes`}
      </TruthPill>
    </TruthLine>
  );
}

/** What the cluster says, beside what is desired; while it is not heard, what it said last, and when. */
export function LivePill({ status: { revision, desiredRevision } }: { status: Outputs['status']['get'] }) {
  const trpc = useTRPC();
  const { data: view } = useQuery(trpc.cluster.get.queryOptions());
  const now = useNow();
  // until that is known neither is said
  const heard = view === undefined ? null : isHeard(view, now);
  const at = heard === false ? view?.heardAt : null;
  return (
    <TruthPill truth="live" age={at != null && <Age at={at} prefix="heard" />}>
      {heard && revision === desiredRevision ? (
        'as desired'
      ) : (
        <>
          {heard !== null && (heard ? 'the cluster says' : 'not heard, last known')}{' '}
          <span className="machine">{revision.slice(0, 8)}</span>
        </>
      )}
    </TruthPill>
  );
}
