'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { changeNumber } from '../../core/wire/change-number.ts';
import { Panel } from '../components/panel.tsx';
import { EffectPicture } from '../history/effect-picture.tsx';
import { isHeldByNodes, nobodyText } from '../history/holding-words.ts';
import { summaryOf } from '../history/summary.ts';
import { useTRPC } from '../trpc/client.ts';

/** How many nodes match the effective revision, and when each had the last change. */
export function Rollout() {
  const trpc = useTRPC();
  const { data: status } = useQuery(trpc.status.get.queryOptions());
  // in a cluster the last one may be what others changed there
  const changes = useQuery(trpc.changes.list.queryOptions({ limit: 1 }));
  const id = changes.data?.changes[0]?.id ?? 0;
  const last = useQuery(trpc.changes.get.queryOptions({ id }, { enabled: id > 0 }));
  return (
    <Panel label="Rollout">
      <div className="grid grid-cols-[17rem_minmax(0,1fr)] items-center gap-6 max-[73.75rem]:grid-cols-1 max-[73.75rem]:gap-3">
        <div>
          <p className="min-h-8 text-2xl font-[550] tracking-tight text-ink-1 tabular-nums">
            {status !== undefined && (
              <>
                {status.nodes.programmed.toLocaleString('en-US')}{' '}
                <span className="text-sm font-normal tracking-normal text-ink-2">
                  of {status.nodes.total.toLocaleString('en-US')} match{' '}
                  <span className="machine text-ink-1">{status.revision.slice(0, 8)}</span>
                </span>
              </>
            )}
          </p>
          <p className="min-h-9 text-xs wrap-anywhere">
            {changes.data?.changes.length === 0 && 'No change was made yet: nodes hold empty sets.'}
            {last.data !== undefined && (
              <>
                Last change{' '}
                <Link className="link" href={`/history?change=${id}`}>
                  {changeNumber(id)}
                </Link>{' '}
                {summaryOf(last.data)}
              </>
            )}
          </p>
        </div>
        <div className="min-h-34">
          {last.data !== undefined && (
            <EffectPicture
              savedAt={last.data.at}
              nodes={isHeldByNodes(last.data) ? last.data.nodeTimes : []}
              nobody={nobodyText(last.data)}
            />
          )}
        </div>
      </div>
    </Panel>
  );
}
