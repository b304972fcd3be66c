'use client';
import { useQuery } from '@tanstack/react-query';
import { Pencil, Route, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { useHeard } from '../../cluster/use-heard.ts';
import { Age } from '../../components/age.tsx';
import { Button, ButtonLink } from '../../components/button.tsx';
import { Code } from '../../components/code.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { ErrorPanel, reasonOf } from '../../components/error-panel.tsx';
import { Loading } from '../../components/loading.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Panel } from '../../components/panel.tsx';
import { isPast } from '../../components/state-chip.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { TruthLine, TruthPill } from '../../components/truth-pill.tsx';
import { useKeys } from '../../keys/use-keys.ts';
import { useRefusal } from '../../shell/session.tsx';
import { useTRPC } from '../../trpc/client.ts';
import { KindTag } from '../facet-cells.tsx';
import { ExportMenu } from '../list/export-menu.tsx';
import { editPath, simulateFrom } from '../paths.ts';
import { SyncPanel } from '../sync/sync-panel.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { Findings } from './findings.tsx';
import { MissingPool, MissingTruths } from './missing-pool.tsx';
import { nowWords } from './now-words.ts';
import { PoolChanges } from './pool-changes.tsx';
import type { PoolDetail } from './pool-detail.ts';
import { PoolNodes } from './pool-nodes.tsx';
import { PoolSpecPanel } from './pool-spec.tsx';
import { buildPoolTab, parsePoolTab } from './pool-tab.ts';

export function PoolPage({ name }: { name: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const query = useQuery(trpc.pools.get.queryOptions({ name }));
  const refused = useRefusal('editor');
  const [deleting, setDeleting] = useState(false);
  const pool = query.data;
  const gone = reasonOf(query.error) === 'NOT_FOUND';
  useKeys('Pool', [
    { keys: 'e', label: 'Edit', run: () => refused === undefined && router.push(editPath(name)) },
    { keys: 'Escape', label: 'Back to the list', run: () => router.push('/pools') },
  ]);
  return (
    <>
      <PageHeader
        crumb={
          <Link href="/pools" className="hover:underline">
            Pools
          </Link>
        }
        title={name}
        beside={pool !== undefined && <KindTag facets={pool.facets} spec={pool.spec} />}
        actions={
          pool !== undefined &&
          !gone && (
            <>
              <ButtonLink href={simulateFrom(pool.spec.cidr)}>
                <Route aria-hidden />
                Ask from here
              </ButtonLink>
              <ExportMenu pools={[pool]} />
              <Button onClick={() => setDeleting(true)}>
                <Trash2 aria-hidden />
                Delete
              </Button>
              {refused === undefined ? (
                <ButtonLink href={editPath(name)} look="primary">
                  <Pencil aria-hidden />
                  Edit
                </ButtonLink>
              ) : (
                <Button refused={refused}>
                  <Pencil aria-hidden />
                  Edit
                </Button>
              )}
            </>
          )
        }
        truths={gone ? <MissingTruths name={name} /> : <Truths pool={pool} />}
      />
      {gone && <MissingPool name={name} />}
      {query.isError && !gone && (
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} className="mb-3" />
      )}
      {pool === undefined && query.isPending && <Loading what={name} />}
      {pool !== undefined && !gone && (
        <>
          {pool.sync !== null && <SyncPanel name={name} />}
          <Findings violations={pool.violations} warnings={pool.warnings} className="mb-3" />
          <DetailTabs pool={pool} />
          <DeleteDialog pool={pool} open={deleting} onClose={() => setDeleting(false)} />
        </>
      )}
    </>
  );
}

function Truths({ pool }: { pool: PoolDetail | undefined }) {
  const heard = useHeard();
  if (pool === undefined) return <TruthLine>{null}</TruthLine>;
  const { programmed, total } = pool.nodes;
  return (
    <TruthLine>
      <TruthPill truth="desired" age={<Age at={pool.updatedAt} prefix="saved" />}>
        <span className="machine">change #{pool.version}</span>
      </TruthPill>
      {pool.sync !== null && (
        <TruthPill truth="live" age={pool.sync.since !== null && <Age at={pool.sync.since} />}>
          {isPast(pool.sync.state, heard) && 'not heard, last known: '}
          {pool.sync.state === 'Synced' ? 'as desired' : 'not as desired'}
        </TruthPill>
      )}
      <TruthPill truth="programmed" off={total === 0}>
        {total === 0 ? 'no node has joined' : `on ${programmed} of ${total} nodes`}
      </TruthPill>
    </TruthLine>
  );
}

function DetailTabs({ pool }: { pool: PoolDetail }) {
  const path = usePathname();
  const tab = parsePoolTab(new URLSearchParams(useSearchParams()));
  const trpc = useTRPC();
  const apart = pool.sync !== null && pool.sync.state !== 'Synced';
  const { data } = useQuery(trpc.cluster.compare.queryOptions({ name: pool.name }, { enabled: apart }));
  const now = apart && data !== undefined ? nowWords(pool.spec, data.live) : null;
  return (
    <Tabs
      label={`About ${pool.name}`}
      value={tab}
      onChange={(next) => window.history.replaceState(null, '', `${path}${buildPoolTab(next)}`)}
      tabs={[
        { value: 'spec', label: 'Spec', content: <PoolSpecPanel pool={pool} now={now} /> },
        {
          value: 'yaml',
          label: 'YAML',
          content: (
            <Panel title="As Calico has it" actions={<CopyButton text={pool.yaml} />}>
              <Code label={`YAML of ${pool.name}`} text={pool.yaml} />
            </Panel>
          ),
        },
        { value: 'changes', label: 'Changes', content: <PoolChanges pool={pool} /> },
        {
          value: 'nodes',
          label: `Nodes ${pool.nodes.programmed}/${pool.nodes.total}`,
          content: <PoolNodes pool={pool} />,
        },
      ]}
    />
  );
}
