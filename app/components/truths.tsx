'use client';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type Outputs, useTRPC } from '../trpc/client.ts';
import { Age } from './age.tsx';
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

/** What the cluster says, beside what is desired. */
export function LivePill({ status: { revision, desiredRevision } }: { status: Outputs['status']['get'] }) {
  return (
    <TruthPill truth="live">
      {revision === desiredRevision ? (
        'as desired'
      ) : (
        <>
          the cluster says <span className="machine">{revision.slice(0, 8)}</span>
        </>
      )}
    </TruthPill>
  );
}
