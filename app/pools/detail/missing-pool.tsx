'use client';
import { useQuery } from '@tanstack/react-query';
import { writePools } from '../../../core/calico/write.ts';
import { classWords } from '../../cluster/other-pools.ts';
import { ButtonLink } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Empty } from '../../components/empty.tsx';
import { Loading } from '../../components/loading.tsx';
import { Note } from '../../components/note.tsx';
import { type Outputs, useTRPC } from '../../trpc/client.ts';
import { useClusterMode } from '../../trpc/cluster-mode.ts';
import { PoolSpecPanel } from './pool-spec.tsx';
import { theirWords } from './their-words.ts';

/** No pool of this name is ours: the cluster may have one all the same, and nodes follow it. */
export function MissingPool({ name }: { name: string }) {
  const trpc = useTRPC();
  const inCluster = useClusterMode();
  const query = useQuery(trpc.cluster.pools.queryOptions(undefined, { enabled: inCluster }));
  if (inCluster && query.isPending) return <Loading what={name} />;
  const live = query.data?.pools.find((pool) => pool.name === name);
  if (live !== undefined) return <TheirPool live={live} />;
  return (
    <Empty title={`There is no pool ${name}.`}>
      <p>It may have been deleted. History has what it was, and can bring it back.</p>
      <span className="flex gap-2">
        <ButtonLink href="/pools">All pools</ButtonLink>
        <ButtonLink href={`/history?pool=${encodeURIComponent(name)}`}>Its history</ButtonLink>
      </span>
    </Empty>
  );
}

function TheirPool({ live }: { live: Outputs['cluster']['pools']['pools'][number] }) {
  const { name, owner, standing, spec, facets, problems } = live;
  const foreign = standing === 'foreign';
  const { nodes, next, link } = theirWords(live);
  return (
    <div className="flex flex-col gap-3">
      <Note>
        <p className="text-ink-1">
          The cluster has {name}; it is not ours. {nodes} Owner: <span className="machine">{owner}</span>,{' '}
          {classWords[live.class]}.
        </p>
        <p>{next}</p>
        {problems.map(({ field, message }) => (
          <p key={`${field} ${message}`}>
            <span className="machine">{field}</span> {message}
          </p>
        ))}
        <span className="mt-2 flex flex-wrap gap-2">
          <ButtonLink href={`/cluster?q=${encodeURIComponent(name)}`}>{link}</ButtonLink>
          <ButtonLink href={`/history?pool=${encodeURIComponent(name)}`}>Its history</ButtonLink>
          {foreign && spec !== null && <CopyButton text={writePools([{ name, spec }], 'v3')}>Copy patch</CopyButton>}
        </span>
      </Note>
      {spec !== null && facets !== null && <PoolSpecPanel pool={{ spec, facets, natted: null }} />}
    </div>
  );
}
