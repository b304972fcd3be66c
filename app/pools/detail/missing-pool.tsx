'use client';
import { useQuery } from '@tanstack/react-query';
import { copyPatch } from '../../../core/cluster/copy-patch.ts';
import { SILENT_MS } from '../../cluster/connection.ts';
import { CopyPatch } from '../../cluster/copy-patch.tsx';
import { classWords } from '../../cluster/other-pools.ts';
import { sourceWords } from '../../cluster/source-words.ts';
import { Age, When } from '../../components/age.tsx';
import { ButtonLink } from '../../components/button.tsx';
import { ChangeLink } from '../../components/change-link.tsx';
import { Empty } from '../../components/empty.tsx';
import { Loading } from '../../components/loading.tsx';
import { Note } from '../../components/note.tsx';
import { TruthLine, TruthPill } from '../../components/truth-pill.tsx';
import { type Outputs, useTRPC } from '../../trpc/client.ts';
import { useClusterMode } from '../../trpc/cluster-mode.ts';
import { deletionWaits } from '../deletion-waits.ts';
import { Findings } from './findings.tsx';
import { PoolSpecPanel } from './pool-spec.tsx';
import { heldFastWords, theirWords } from './their-words.ts';

/** No pool of this name is ours: the cluster may have one all the same, and nodes follow it. */
export function MissingPool({ name }: { name: string }) {
  const trpc = useTRPC();
  const inCluster = useClusterMode();
  const query = useQuery(trpc.cluster.pools.queryOptions(undefined, { enabled: inCluster }));
  if (inCluster && query.isPending) return <Loading what={name} />;
  const live = query.data?.pools.find((pool) => pool.name === name);
  if (live?.deletion != null) return <GoingPool live={live} deletion={live.deletion} />;
  if (live !== undefined) return <TheirPool live={live} all={query.data?.pools ?? []} />;
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

/** What this page shows of it. */
export function MissingTruths({ name }: { name: string }) {
  const trpc = useTRPC();
  const inCluster = useClusterMode();
  const { data } = useQuery(trpc.cluster.pools.queryOptions(undefined, { enabled: inCluster }));
  const { data: view } = useQuery(trpc.cluster.get.queryOptions(undefined, { enabled: inCluster }));
  const heardAt = view?.heardAt ?? null;
  return (
    <TruthLine>
      <TruthPill truth="desired">no such pool</TruthPill>
      {data !== undefined && (
        <TruthPill
          truth="live"
          age={heardAt !== null && <Age at={heardAt} prefix="heard" limitSeconds={SILENT_MS / 1000} />}
        >
          {liveWords(data.pools.find((pool) => pool.name === name))}
        </TruthPill>
      )}
      <TruthPill truth="programmed" off>
        not asked
      </TruthPill>
    </TruthLine>
  );
}

const liveWords = (live: LivePool | undefined): string =>
  live === undefined ? 'no such pool' : live.deletion === null ? 'a pool of others' : 'not deleted yet';

type LivePool = Outputs['cluster']['pools']['pools'][number];

/** It was deleted here, and the cluster has it still. */
function GoingPool({ live, deletion }: { live: LivePool; deletion: NonNullable<LivePool['deletion']> }) {
  const { name, spec, facets, decidedBy, violations } = live;
  const { change, refused } = deletion;
  return (
    <div className="flex flex-col gap-3">
      <Note kind="warning">
        <p className="text-ink-1">
          {name} was deleted here by <ChangeLink id={change} />. The cluster has it still. {theirWords(live).nodes}
        </p>
        {!live.deleting && <p>{deletionWaits(refused)} To keep it, take its deletion back: revert that change.</p>}
        {refused !== null && (
          <p>
            The cluster’s own words: <span className="machine">{refused.message}</span>
          </p>
        )}
        <span className="mt-2 flex flex-wrap gap-2">
          <ButtonLink href={`/history?change=${change}`}>Its deletion</ButtonLink>
          <ButtonLink href={`/cluster?q=${encodeURIComponent(name)}`}>In the cluster</ButtonLink>
        </span>
      </Note>
      <Findings violations={violations} />
      {spec !== null && facets !== null && <PoolSpecPanel pool={{ spec, facets, natted: null, decidedBy }} />}
    </div>
  );
}

function TheirPool({ live, all }: { live: LivePool; all: readonly LivePool[] }) {
  const { name, owner, standing, spec, facets, problems, heldFast, decidedBy, violations } = live;
  const foreign = standing === 'foreign';
  const { nodes, next, link, href } = theirWords(live);
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
          <ButtonLink href={href}>{link}</ButtonLink>
          <ButtonLink href={`/history?pool=${encodeURIComponent(name)}`}>Its history</ButtonLink>
          {foreign && <CopyPatch patch={copyPatch(live, { all, api: 'v3' })} source={sourceWords(live)} />}
        </span>
      </Note>
      {heldFast !== null && (
        <Note kind="warning">
          <p>{heldFastWords(heldFast.missing)}</p>
          <p>
            The cluster’s own words: <span className="machine">{heldFast.message}</span>
          </p>
          <p>
            Since <When at={heldFast.since} />
          </p>
        </Note>
      )}
      <Findings violations={violations} />
      {spec !== null && facets !== null && <PoolSpecPanel pool={{ spec, facets, natted: null, decidedBy }} />}
    </div>
  );
}
