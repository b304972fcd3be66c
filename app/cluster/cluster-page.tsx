'use client';
import { useQuery } from '@tanstack/react-query';
import { Age } from '../components/age.tsx';
import { ButtonLink } from '../components/button.tsx';
import { Empty } from '../components/empty.tsx';
import { ErrorPanel, reasonOf } from '../components/error-panel.tsx';
import { Loading } from '../components/loading.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { TruthLine, TruthPill } from '../components/truth-pill.tsx';
import { FelixProblems } from '../settings/felix-problems.tsx';
import { useTRPC } from '../trpc/client.ts';
import type { ClusterView } from './cluster-view.ts';
import { ComeBackPanel } from './come-back-panel.tsx';
import { SILENT_MS } from './connection.ts';
import { ConnectionPanel } from './connection-panel.tsx';
import { MadeAgainPanel } from './made-again-panel.tsx';
import { OtherPoolsPanel } from './other-pools-panel.tsx';
import { OwnTypesPanel } from './own-types-panel.tsx';
import { RightsPanel } from './rights-panel.tsx';

/** Is the cluster heard, how do our pools stand there, what may we do, and which pools there are not ours. */
export function ClusterPage() {
  const trpc = useTRPC();
  const query = useQuery(trpc.cluster.get.queryOptions());
  const { data } = query;
  const none = reasonOf(query.error) === 'NO_CLUSTER';
  return (
    <>
      <PageHeader title="Cluster" truths={<Truths view={data} />} />
      {none && (
        <Empty title="This server runs without a cluster.">
          <p>
            What is desired is in effect. With <code>OUTGATE_CLUSTER</code> it works with the pools of a Kubernetes
            cluster.
          </p>
          <ButtonLink href="/">Overview</ButtonLink>
        </Empty>
      )}
      {query.isError && !none && (
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} className="mb-3" />
      )}
      {data === undefined && query.isPending && <Loading what="the cluster" />}
      {data !== undefined && (
        <div className="flex flex-col gap-3">
          <ConnectionPanel view={data} />
          <ComeBackPanel back={data.back !== null} />
          <MadeAgainPanel open={data.counts.OutOfSync > 0} />
          {data.typesMissing && <OwnTypesPanel />}
          <FelixProblems problems={data.problems} />
          <OtherPoolsPanel api={data.group?.startsWith('crd.') ? 'v1' : 'v3'} read={data.heardAt !== null} />
          <RightsPanel />
        </div>
      )}
    </>
  );
}

function Truths({ view }: { view: ClusterView | undefined }) {
  if (view === undefined) return <TruthLine>{null}</TruthLine>;
  return (
    <TruthLine>
      <TruthPill
        truth="live"
        age={view.heardAt !== null && <Age at={view.heardAt} prefix="heard" limitSeconds={SILENT_MS / 1000} />}
      >
        <span className="machine">{view.group ?? 'no IPPools'}</span>
      </TruthPill>
      <TruthPill truth="programmed" off>
        not asked
      </TruthPill>
    </TruthLine>
  );
}
