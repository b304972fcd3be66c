'use client';
import { useQuery } from '@tanstack/react-query';
import { Check, X } from 'lucide-react';
import { Code } from '../components/code.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Panel } from '../components/panel.tsx';
import { askOnce } from '../trpc/ask-once.ts';
import { useTRPC } from '../trpc/client.ts';
import { missingRoles, tasksOf } from './rights.ts';

/** What our account may do there, in words, and the role that is missing. */
export function RightsPanel() {
  const trpc = useTRPC();
  // every question costs the API server one review a right: asked by this timer alone, not by what happens in the cluster
  const query = useQuery(
    trpc.cluster.rights.queryOptions(undefined, {
      ...askOnce,
      refetchInterval: ({ state }) => (state.status === 'error' ? 10_000 : 60_000),
    }),
  );
  const { data } = query;
  const tasks = data === undefined ? [] : tasksOf(data.rights);
  const missing = data === undefined ? '' : missingRoles(data.rights);
  return (
    <Panel
      title="Our rights in the cluster"
      lead={
        data !== undefined && (
          <>
            as <span className="machine">{data.user}</span>
          </>
        )
      }
      flush
    >
      {query.isError && <ErrorPanel error={query.error} onRetry={() => void query.refetch()} className="m-3" />}
      {data === undefined && query.isPending && (
        <p className="px-3.5 py-3 text-xs text-ink-3">The cluster is being asked.</p>
      )}
      <ul>
        {tasks.map(({ words, on, missing: verbs }) => (
          <li
            key={`${words} ${on}`}
            className="flex flex-wrap items-center gap-x-2.5 gap-y-0.5 border-b border-line-faint px-3.5 py-1.75 last:border-b-0"
          >
            {verbs.length === 0 ? (
              <Check aria-hidden className="size-3.5 flex-none text-synced-mark" />
            ) : (
              <X aria-hidden className="size-3.5 flex-none text-failed-fg" />
            )}
            <span className="min-w-64 text-ink-1">{words}</span>
            <span className="machine text-ink-3">{on}</span>
            <span
              className={
                verbs.length === 0 ? 'ml-auto text-xs text-ink-3' : 'ml-auto text-xs font-medium text-failed-fg'
              }
            >
              {verbs.length === 0 ? 'allowed' : <>missing: {verbs.join(', ')}</>}
            </span>
          </li>
        ))}
      </ul>
      {missing !== '' && data !== undefined && (
        <div className="flex flex-col gap-2 border-t border-line-faint px-3.5 py-3">
          <p className="flex flex-wrap items-center gap-x-2 text-xs">
            <span>
              This role would allow it; bind it to <span className="machine text-ink-1">{data.user}</span>.
            </span>
            <span className="ml-auto">
              <CopyButton text={missing}>Copy role</CopyButton>
            </span>
          </p>
          <Code label="The role that is missing" text={missing} />
        </div>
      )}
    </Panel>
  );
}
