'use client';
import { useQuery } from '@tanstack/react-query';
import { Link2, Undo2 } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useState } from 'react';
import { fewNames } from '../../core/cluster/few-names.ts';
import { changeNumber } from '../../core/wire/change-number.ts';
import { verdictOf } from '../cluster/connection.ts';
import { Actor, isByNodes } from '../components/actor.tsx';
import { Age, useNow, utc } from '../components/age.tsx';
import { Button } from '../components/button.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { DiffView } from '../components/diff-view.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Loading } from '../components/loading.tsx';
import { Panel } from '../components/panel.tsx';
import { ReasonText } from '../components/reason-text.tsx';
import { Tag } from '../components/tag.tsx';
import { deletionWaits } from '../pools/deletion-waits.ts';
import { poolPath } from '../pools/paths.ts';
import { type Outputs, useTRPC } from '../trpc/client.ts';
import { EffectPicture } from './effect-picture.tsx';
import { didNothingWords, isHeldByNodes, nobodyText } from './holding-words.ts';
import { RevertPanel } from './revert-panel.tsx';
import { revertRefused } from './revert-words.ts';
import { isForce, summaryOf, takenIn, textOf } from './summary.ts';

/** One change whole: who, when, why, before and after, and when each node had it. */
export function ChangeDetail({ id }: { id: number }) {
  const trpc = useTRPC();
  const change = useQuery(trpc.changes.get.queryOptions({ id }));
  const [reverting, setReverting] = useState(false);
  if (change.isError) return <ErrorPanel error={change.error} onRetry={() => void change.refetch()} />;
  if (change.data === undefined) return <Loading what={`change ${id}`} />;
  const refused = revertRefused(change.data);
  return (
    <Panel
      title={
        <>
          <span className="mr-2 machine font-normal text-ink-3">{changeNumber(id)}</span>
          <span className="whitespace-normal wrap-anywhere">{summaryOf(change.data)}</span>
        </>
      }
      actions={
        <>
          <CopyButton look="plain" icon={<Link2 aria-hidden />} text={() => `${location.origin}/history?change=${id}`}>
            Copy link
          </CopyButton>
          <Button small refused={refused} aria-expanded={reverting} onClick={() => setReverting(!reverting)}>
            <Undo2 aria-hidden /> Preview revert
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3.5">
        {refused !== undefined && <p className="text-xs text-ink-3">Revert: {refused}</p>}
        {reverting && refused === undefined && <RevertPanel id={id} onClose={() => setReverting(false)} />}
        <Facts change={change.data} />
        <Before change={change.data} />
        <EffectPicture
          savedAt={change.data.at}
          nodes={isHeldByNodes(change.data) ? change.data.nodeTimes : []}
          nobody={nobodyText(change.data)}
        />
      </div>
    </Panel>
  );
}

type Change = Outputs['changes']['get'];

const MOST_NAMED = 8;

function PoolLinks({ names }: { names: readonly string[] }) {
  return (
    <>
      {names.slice(0, MOST_NAMED).map((name, index) => (
        <span key={name}>
          {index > 0 && ', '}
          <Link className="link" href={poolPath(name)}>
            {name}
          </Link>
        </span>
      ))}
      {names.length > MOST_NAMED && ` and ${names.length - MOST_NAMED} more`}
    </>
  );
}

function Facts({ change }: { change: Change }) {
  const taken = takenIn(change);
  const nothing = didNothingWords(change);
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3.5 gap-y-1 text-xs [&>dt]:text-ink-3">
      <dt>Who</dt>
      <dd className="flex flex-wrap items-center gap-1.5">
        {change.role === 'cluster' ? (
          <>
            <span className="text-ink-1">
              <Actor {...change} />
            </span>
            {!isByNodes(change) && (
              <span className="text-ink-3">
                No account: whoever writes in the cluster chooses that name. The cluster’s audit log, where it keeps
                one, says who it was.
              </span>
            )}
          </>
        ) : (
          <>
            <span className="text-ink-1">{change.actor}</span>
            <Tag>{change.role === 'system' ? 'by itself' : `${change.role} at that time`}</Tag>
          </>
        )}
      </dd>
      <dt>When</dt>
      <dd>
        <span className="text-ink-1 tabular-nums">{utc(change.at)}</span> <Age at={change.at} />
      </dd>
      <dt>Reason</dt>
      <dd className="wrap-anywhere text-ink-1">
        {change.reason === null ? <span className="text-ink-3">none given</span> : <ReasonText text={change.reason} />}
      </dd>
      {nothing !== null && (
        <>
          <dt>{nothing.of}</dt>
          <dd className="wrap-anywhere text-ink-1">{nothing.words}</dd>
        </>
      )}
      {change.waitsForCluster && <WaitsForCluster />}
      {change.waitsFor.length > 0 && (
        <>
          <dt>Waits</dt>
          <dd className="wrap-anywhere text-ink-1">
            for a decision about <PoolLinks names={change.waitsFor} />
          </dd>
        </>
      )}
      {change.settingsWait.length > 0 && (
        <Waits words={null}>
          for a decision about <span className="machine">{fewNames(change.settingsWait)}</span> in{' '}
          <Link className="link" href="/settings">
            Settings
          </Link>
        </Waits>
      )}
      {change.refused !== null && (
        <Waits words={change.refused.message}>
          {change.refused.missing === null
            ? 'The cluster refuses'
            : `Our account must have the right to ${change.refused.missing}, for`}{' '}
          <PoolLinks names={change.refused.names} />. It is tried again.
        </Waits>
      )}
      {change.notGone !== null && (
        <DeletionWaits {...change.notGone}>
          The cluster has <PoolLinks names={change.notGone.names} /> still.
        </DeletionWaits>
      )}
      {change.goesFirst !== null && (
        <DeletionWaits {...change.goesFirst}>
          What the cluster has of <PoolLinks names={change.goesFirst.names} /> was deleted here before, and goes first.
        </DeletionWaits>
      )}
      {taken.length > 0 && (
        <>
          <dt>Taken from</dt>
          <dd className="flex flex-col gap-0.5">
            {taken.map(({ field, managers }) => (
              <span key={field} className="wrap-anywhere">
                <span className="machine text-ink-1">{field}</span>{' '}
                {managers.length === 0 ? 'nobody' : managers.join(', ')}
              </span>
            ))}
          </dd>
        </>
      )}
      <dt>Revision</dt>
      <dd className="machine text-ink-1">{change.revision}</dd>
      {change.action.startsWith('pool.') && change.pools === 1 && (
        <>
          <dt>Pool</dt>
          <dd className="wrap-anywhere">
            <Link className="link" href={poolPath(change.target)}>
              {change.target}
            </Link>
          </dd>
        </>
      )}
    </dl>
  );
}

/** While the cluster is heard, what is to be brought there is on its way. */
function WaitsForCluster() {
  const trpc = useTRPC();
  const now = useNow();
  const { data: view } = useQuery(trpc.cluster.get.queryOptions());
  const verdict = view && verdictOf(view, now);
  if (verdict === undefined || (verdict.kind !== 'lost' && verdict.kind !== 'waiting')) return null;
  return (
    <Waits words={null}>
      for{' '}
      <Link className="link" href="/cluster">
        the cluster
      </Link>
      . {verdict.text}
    </Waits>
  );
}

/** `children`: of which pools. */
function DeletionWaits({ refused, finalizers, children }: NonNullable<Change['notGone']> & { children: ReactNode }) {
  return (
    <Waits words={refused?.message ?? null}>
      {children} {deletionWaits(refused, finalizers)}
    </Waits>
  );
}

/** `words`: the cluster’s own, where it refuses something. */
function Waits({ words, children }: { words: string | null; children: ReactNode }) {
  return (
    <>
      <dt>Waits</dt>
      <dd className="wrap-anywhere text-ink-1">
        {children}
        {words !== null && (
          <span className="block">
            The cluster’s own words: <span className="machine">{words}</span>
          </span>
        )}
      </dd>
    </>
  );
}

function Before({ change }: { change: Change }) {
  const before = textOf(change.before, change.after);
  const after = textOf(change.after, change.before);
  if (change.action === 'cluster.change' && before === '' && after === '') return null; // an object that was never read
  return (
    <section aria-label="Before and after">
      <h3 className="mb-1.5 text-xs font-medium text-ink-2">
        {change.didNothing !== null && isForce(change.action)
          ? 'What it was decided to write over'
          : 'Before and after'}
        {change.before === null && <span className="font-normal text-ink-3"> it did not exist before</span>}
        {change.after === null && <span className="font-normal text-ink-3"> it does not exist after</span>}
      </h3>
      <div className="max-h-96 overflow-y-auto rounded-md border border-line">
        <DiffView label="Difference" before={before} after={after} />
      </div>
    </section>
  );
}
