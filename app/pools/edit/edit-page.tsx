'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { ButtonLink } from '../../components/button.tsx';
import { Empty } from '../../components/empty.tsx';
import { ErrorPanel, reasonOf } from '../../components/error-panel.tsx';
import { Loading } from '../../components/loading.tsx';
import { Note } from '../../components/note.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { TruthLine, TruthPill } from '../../components/truth-pill.tsx';
import { DesiredAndProgrammed } from '../../components/truths.tsx';
import { useTRPC } from '../../trpc/client.ts';
import { poolPath } from '../paths.ts';
import { PoolEditor } from './pool-editor.tsx';
import { saveReaches } from './save-reaches.ts';
import type { Current } from './use-save.ts';

export function NewPoolPage() {
  return (
    <>
      <PageHeader
        crumb={
          <Link href="/pools" className="hover:underline">
            Pools
          </Link>
        }
        title="New pool or exemption"
        truths={<DesiredAndProgrammed extra={<span>and this draft</span>} />}
      />
      <PoolEditor stored={null} live={null} gone={false} />
    </>
  );
}

export function EditPoolPage({ name }: { name: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.pools.get.queryOptions({ name }));
  const live: Current | null =
    query.data === undefined
      ? null
      : { pool: { name: query.data.name, spec: query.data.spec }, version: query.data.version };
  // what editing began with: a later answer is somebody's change, which the editor shows and never applies by itself
  const [stored, setStored] = useState<Current | null>(null);
  if (stored === null && live !== null) setStored(live);
  const gone = reasonOf(query.error) === 'NOT_FOUND';
  const reaches = query.data?.sync == null ? null : saveReaches(query.data.sync);
  return (
    <>
      <PageHeader
        crumb={
          <>
            <Link href="/pools" className="hover:underline">
              Pools
            </Link>{' '}
            /{' '}
            <Link href={poolPath(name)} className="hover:underline">
              {name}
            </Link>
          </>
        }
        title="Edit"
        truths={
          <TruthLine>
            <TruthPill truth="desired">
              {stored !== null && <span className="machine">change #{stored.version}</span>} and this draft
            </TruthPill>
            <TruthPill truth="programmed" off>
              not asked
            </TruthPill>
          </TruthLine>
        }
      />
      {gone && stored === null && (
        <Empty title={`There is no pool ${name}.`}>
          <ButtonLink href="/pools">All pools</ButtonLink>
        </Empty>
      )}
      {query.isError && !gone && (
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} className="mb-3" />
      )}
      {stored === null && query.isPending && <Loading what={name} />}
      {reaches !== null && (
        <Note role="status" className="mb-3">
          {reaches}
        </Note>
      )}
      {stored !== null && (
        <PoolEditor stored={stored} live={live} gone={gone} released={query.data?.sync?.released ?? []} />
      )}
    </>
  );
}
