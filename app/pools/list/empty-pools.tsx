'use client';
import { useQuery } from '@tanstack/react-query';
import { Box, Plus, Upload } from 'lucide-react';
import Link from 'next/link';
import { Button, ButtonLink } from '../../components/button.tsx';
import { Code } from '../../components/code.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Note } from '../../components/note.tsx';
import { Panel } from '../../components/panel.tsx';
import { Swatch } from '../../components/verdict.tsx';
import { useRefusal, useSession } from '../../shell/session.tsx';
import { useTRPC } from '../../trpc/client.ts';
import { documented } from '../documented.ts';
import { ImportDrop } from '../import/import-drop.tsx';
import { poolPath } from '../paths.ts';
import type { ListedPool } from '../rows.ts';
import { useImportExample } from './use-import-example.ts';

/** Nothing yet: the two documented examples as one click each, YAML of one's own, or a form. Pools that others made come first. */
export function EmptyPools() {
  const { user } = useSession();
  const live = useLive();
  return (
    <>
      {live !== null && live.others + live.deleting > 0 && (
        <Note className="mb-3">
          {liveWords(live)}{' '}
          <Link className="link" href="/cluster">
            {live.others > 0 ? 'See and adopt' : 'See'} {(live.others || live.deleting) === 1 ? 'it' : 'them'}
          </Link>
        </Note>
      )}
      <Panel label="Nothing here yet" className="mb-3">
        <div className="px-3 py-2">
          <h2 className="text-xl font-semibold tracking-tight text-ink-1">
            {live !== null && live.others + live.deleting === 0
              ? 'No pool yet, so nothing is NATed.'
              : 'No pool is decided here yet.'}
          </h2>
          <p className="mt-1.5 max-w-prose text-base text-ink-2">
            A pool says three things apart: whether pods get addresses from it, whether traffic from it is NATed, and
            that traffic to it is not. Start with one of the two documented examples; both together are the usual
            set-up.
          </p>
        </div>
        <div className="mt-3 grid gap-3 px-3 pb-2 lg:grid-cols-2">
          {documented.map((example) => (
            <Example key={example.name} example={example} primary={example === documented[0]} />
          ))}
        </div>
      </Panel>
      <div className="grid gap-3 lg:grid-cols-2">
        <Panel label="Bring Calico YAML">
          <h2 className="text-base font-medium text-ink-1">Bring Calico YAML</h2>
          <p className="mt-1 mb-3">
            One document or many, <span className="machine">v3</span>, <span className="machine">v1</span> or the old
            form. Each is checked against C1–C17 before anything is saved.
          </p>
          <ImportDrop />
          <div className="mt-3">
            <ButtonLink href="/pools/import">
              <Upload aria-hidden />
              Import YAML
            </ButtonLink>
          </div>
        </Panel>
        <Panel label="Start from nothing">
          <h2 className="text-base font-medium text-ink-1">Start from nothing</h2>
          <p className="mt-1 mb-3">The form shows what each facet changes before anything is saved.</p>
          <ul className="mb-3 flex flex-col gap-1.5 [&>li]:flex [&>li]:items-center [&>li]:gap-2.5">
            <li>
              <Box aria-hidden className="size-3.5 text-ink-3" />
              <span>
                <b>Allocates</b> addresses to pods
              </span>
            </li>
            <li>
              <Swatch verdict="SNAT" />
              <span>
                Traffic <b>from it</b> is NATed
              </span>
            </li>
            <li>
              <Swatch verdict="NO_SNAT" />
              <span>
                Traffic <b>to it</b> is exempt, from any pool
              </span>
            </li>
          </ul>
          <ButtonLink href="/pools/new">
            <Plus aria-hidden />
            New pool or exemption
          </ButtonLink>
        </Panel>
      </div>
      <p className="mt-4 text-xs text-ink-3">
        You are signed in as <b>{user.name}</b>, {user.role}:{' '}
        {user.role === 'viewer' ? 'you may look and preview; saving needs an editor.' : 'you may import and save.'}
      </p>
    </>
  );
}

interface Live {
  readonly others: number;
  /** by whomever: a pool that was deleted here is among them until it is gone */
  readonly deleting: number;
}

/** Pools in effect that are not decided here; null: not known yet. */
function useLive(): Live | null {
  const trpc = useTRPC();
  const { data: status } = useQuery(trpc.status.get.queryOptions());
  const cluster = status?.mode === 'cluster';
  const { data: view } = useQuery(trpc.cluster.get.queryOptions(undefined, { enabled: cluster }));
  if (status === undefined) return null;
  if (!cluster) return { others: 0, deleting: 0 };
  if (view === undefined) return null;
  const { managed, observed, foreign, deleting } = view.live;
  return { others: managed + observed + foreign, deleting };
}

const pools = (count: number): string => (count === 1 ? 'one pool' : `${count.toLocaleString('en-US')} pools`);

function liveWords({ others, deleting }: Live): string {
  const made = `The cluster has ${pools(others)} that others made, and nodes follow ${others === 1 ? 'it' : 'them'}.`;
  const [are, gone] = deleting === 1 ? ['is', 'it is gone'] : ['are', 'they are gone'];
  if (deleting === 0) return made;
  if (others === 0) return `The cluster has ${pools(deleting)} that ${are} being deleted, and in force until ${gone}.`;
  return `${made} ${deleting.toLocaleString('en-US')} more ${are} being deleted there, and in force until ${gone}.`;
}

/** Once one example is in and nothing else is, the other one is still one click away. */
export function OtherExample({ pools }: { pools: readonly ListedPool[] }) {
  const [only] = pools;
  const refused = useRefusal('editor');
  if (pools.length !== 1 || refused !== undefined || !documented.some(({ name }) => name === only?.name)) return null;
  const rest = documented.filter(({ name }) => name !== only?.name);
  return (
    <Panel title="The other documented example" className="mt-3 max-w-3xl">
      {rest.map((example) => (
        <Example key={example.name} example={example} primary={false} />
      ))}
    </Panel>
  );
}

function Example({ example, primary }: { example: (typeof documented)[number]; primary: boolean }) {
  const trpc = useTRPC();
  const { save, error, pending } = useImportExample();
  const refused = useRefusal('editor') ?? (pending ? 'It is being saved.' : undefined);
  const { data: plan } = useQuery(trpc.pools.previewImport.queryOptions({ yaml: example.yaml }));
  const warnings = plan?.warnings ?? [];
  const there = warnings.some(({ code }) => code === 'W_CLUSTER_HAS_POOL');
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <h3 className="text-base font-medium text-ink-1">{example.title}</h3>
      <p>{example.effect}</p>
      <Code label={`Manifest of ${example.name}`} text={example.yaml} />
      {there ? (
        <p>
          The cluster has it already, made by others.{' '}
          <Link className="link" href={poolPath(example.name)}>
            See {example.name}
          </Link>
        </p>
      ) : (
        <>
          {warnings.map(({ code, message }) => (
            <Note key={code} kind="warning">
              {message}
            </Note>
          ))}
          <div>
            <Button
              {...(primary ? { look: 'primary' as const } : {})}
              refused={refused}
              onClick={() => save(example.yaml)}
            >
              <Plus aria-hidden />
              Add {example.name}
            </Button>
          </div>
        </>
      )}
      {error !== null && <ErrorPanel error={error} />}
    </div>
  );
}
