'use client';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTRPC } from '../trpc/client.ts';
import { Age } from './age.tsx';
import { TruthLine, TruthPill } from './truth-pill.tsx';

/** The truth line of a page that shows the desired state, and how far the nodes are with it. */
export function DesiredAndProgrammed({ extra, note }: { extra?: ReactNode; note?: ReactNode }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.status.get.queryOptions());
  if (data === undefined) return <TruthLine>{null}</TruthLine>;
  const { total, programmed } = data.nodes;
  const empty = data.sequence === 0;
  return (
    <TruthLine note={note}>
      <TruthPill truth="desired" age={data.savedAt !== null && <Age at={data.savedAt} prefix="saved" />}>
        {empty ? 'empty, no change made yet' : <span className="machine">{data.revision.slice(0, 8)}</span>}
        {extra}
      </TruthPill>
      <TruthPill truth="programmed" off={total === 0}>
        {total === 0 ? 'no node has joined' : `${programmed} of ${total} nodes`}
      </TruthPill>
    </TruthLine>
  );
}
