'use client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { CopyPatch } from '../../cluster/copy-patch.tsx';
import { sourceWords } from '../../cluster/source-words.ts';
import { useHeard } from '../../cluster/use-heard.ts';
import { When } from '../../components/age.tsx';
import { Button } from '../../components/button.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Loading } from '../../components/loading.tsx';
import { Panel } from '../../components/panel.tsx';
import { isPast, SyncStateChip } from '../../components/state-chip.tsx';
import { useRefusal } from '../../shell/session.tsx';
import { type Outputs, useTRPC } from '../../trpc/client.ts';
import { CompareTable } from './compare-table.tsx';
import { PolicyDialog, policyWords } from './policy-dialog.tsx';
import { ResolveDialog } from './resolve-dialog.tsx';
import { type Choice, listed, waysOf, whyOf } from './sync-words.ts';

type Comparison = Outputs['cluster']['compare'];

/** How the pool stands in the cluster, and where it is not as desired: field by field, and the ways on. */
export function SyncPanel({ name }: { name: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.cluster.compare.queryOptions({ name }));
  if (query.data === undefined) {
    return query.isError ? (
      <ErrorPanel error={query.error} onRetry={() => void query.refetch()} className="mb-3" />
    ) : (
      <Loading what="how it stands in the cluster" />
    );
  }
  return <Shown name={name} comparison={query.data} />;
}

function Shown({ name, comparison }: { name: string; comparison: Comparison }) {
  const { sync, version, seen, live, rows, patch } = comparison;
  const refused = useRefusal('editor');
  const heard = useHeard();
  const [chosen, setChosen] = useState<{ choice: Choice; version: number; seen: string } | null>(null);
  const [policy, setPolicy] = useState(false);
  const source = live === null ? 'where it comes from' : sourceWords(live);
  const ways = waysOf({ name, sync, owner: live?.owner ?? null, source, rows });
  const way = ways.find(({ choice }) => choice === chosen?.choice) ?? null;
  const differs = sync.state !== 'Synced';
  const shownWays = ways.filter(({ choice }) => differs || choice === 'release');
  return (
    <Panel
      title="In the cluster"
      lead={
        <span className="inline-flex flex-wrap items-center gap-x-2">
          <SyncStateChip state={sync.state} heard={heard} />
          {differs && <span className="machine text-2xs">{sync.reason}</span>}
          {sync.since !== null && (
            <span className="inline-flex items-center gap-1.5">
              since <When at={sync.since} />
            </span>
          )}
        </span>
      }
      flush
      className={differs ? 'mb-3 border-outofsync-bd' : 'mb-3'}
    >
      <div className="flex flex-col gap-2 px-3.5 py-3">
        <p className="text-base text-ink-1">
          {isPast(sync.state, heard) && 'When it was last heard: '}
          {whyOf(sync)}
        </p>
        <Facts comparison={comparison} onPolicy={() => setPolicy(true)} refused={refused} />
      </div>
      {differs && rows.length > 0 && (
        <div className="border-t border-line-faint">
          <CompareTable name={name} rows={rows} />
        </div>
      )}
      <ul aria-label="Ways on" className="border-t border-line-faint">
        {shownWays.map((each) => (
          <li
            key={each.choice}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line-faint px-3.5 py-2 last:border-b-0"
          >
            <Button
              small
              refused={refused ?? each.refused ?? undefined}
              onClick={() => setChosen({ choice: each.choice, version, seen })}
              className="min-w-44 justify-start!"
            >
              {each.verb}
            </Button>
            <span className="min-w-0 flex-1 basis-72 text-xs wrap-anywhere">
              {each.refused ?? each.effects.join(' ')}
            </span>
            {each.choice === 'ours' && sync.reason === 'OwnedElsewhere' && (
              <CopyPatch look="plain" patch={patch} source={source} />
            )}
          </li>
        ))}
      </ul>
      <ResolveDialog
        name={name}
        shown={chosen ?? { version, seen }}
        way={way}
        leaves={way?.choice === 'release' || (way?.choice === 'theirs' && live === null)}
        onStale={(now) => setChosen((was) => was && { ...was, ...now })}
        onClose={() => setChosen(null)}
      />
      <PolicyDialog name={name} version={version} policy={sync.policy} open={policy} onClose={() => setPolicy(false)} />
    </Panel>
  );
}

function Facts({
  comparison: { sync, live },
  refused,
  onPolicy,
}: {
  comparison: Comparison;
  refused: string | undefined;
  onPolicy: () => void;
}) {
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] items-baseline gap-x-4 gap-y-1.5 text-xs [&>dt]:text-ink-3">
      {sync.message !== null && (
        <>
          <dt>The cluster’s words</dt>
          <dd className="machine wrap-anywhere text-ink-1">{sync.message}</dd>
        </>
      )}
      {sync.managers.length > 0 && (
        <>
          <dt>Who writes it</dt>
          <dd className="machine text-ink-1">{listed(sync.managers)}</dd>
        </>
      )}
      {sync.missing !== null && (
        <>
          <dt>Right missing</dt>
          <dd className="machine text-ink-1">{sync.missing}</dd>
        </>
      )}
      <dt>Owner there</dt>
      <dd>
        {live === null ? (
          <span className="text-ink-3">the cluster has no such pool</span>
        ) : (
          <>
            <span className="machine text-ink-1">{live.owner}</span>
            <span className="text-ink-3">, resource version {live.resourceVersion}</span>
          </>
        )}
      </dd>
      {live?.problems.map(({ field, message }) => (
        <div key={`${field} ${message}`} className="contents">
          <dt>Problem</dt>
          <dd>
            <span className="machine text-ink-1">{field}</span> {message}
          </dd>
        </div>
      ))}
      <dt>Policy</dt>
      <dd className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span>
          <b>{sync.policy}</b>: {policyWords[sync.policy]}
        </span>
        <Button small refused={refused} onClick={onPolicy}>
          {sync.policy === 'ask' ? 'Enforce instead' : 'Ask instead'}
        </Button>
      </dd>
    </dl>
  );
}
