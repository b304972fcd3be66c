'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { useMemo, useState } from 'react';
import { settingsFor } from '../../core/nat/settings.ts';
import { compile } from '../../core/rules/compile.ts';
import type { Program } from '../../core/rules/model.ts';
import type { ReportedFamily } from '../../core/wire/report.ts';
import { Age } from '../components/age.tsx';
import { Button, ButtonLink } from '../components/button.tsx';
import { Empty } from '../components/empty.tsx';
import { ErrorPanel, reasonOf } from '../components/error-panel.tsx';
import { Loading } from '../components/loading.tsx';
import { Note } from '../components/note.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { NodeStateChip } from '../components/state-chip.tsx';
import { TruthLine, TruthPill } from '../components/truth-pill.tsx';
import { causeOf } from '../overview/attention.ts';
import { useRefusal } from '../shell/session.tsx';
import { useTRPC } from '../trpc/client.ts';
import { useClusterMode } from '../trpc/cluster-mode.ts';
import { picksAtRandom } from './difference.ts';
import { DifferencePanel, wordOf } from './difference-panel.tsx';
import { ForgetDialog } from './forget-dialog.tsx';
import { NetworkPanels } from './network-panels.tsx';
import type { FamilyName } from './node-detail.ts';
import { NodeFactsPanel } from './node-facts-panel.tsx';
import { RulesPanel } from './rules-panel.tsx';
import { SetsPanel } from './sets-panel.tsx';
import { useWantedState, type WantedState } from './wanted-state.ts';

/** One node: what its kernel holds as it was read back, and how that differs from what nodes are to hold. */
export function NodePage({ name }: { name: string }) {
  const trpc = useTRPC();
  const family: FamilyName = useSearchParams().get('family') === '6' ? '6' : '4';
  const [forgetting, setForgetting] = useState(false);
  const notAdmin = useRefusal('admin');
  const node = useQuery(trpc.nodes.get.queryOptions({ name }));
  const cluster = useClusterMode();
  const { data } = node;
  const state = useWantedState(cluster, data?.effective.hosts);
  const gone = reasonOf(node.error) === 'NOT_FOUND';
  const held = data?.report?.families;
  const wanted = useMemo(
    () => (state === undefined || held === undefined ? null : wantedOf(state, name, held)),
    [state, held, name],
  );
  const setFamily = (next: FamilyName): void =>
    window.history.replaceState(null, '', `/nodes/${encodeURIComponent(name)}${next === '6' ? '?family=6' : ''}`);
  const cause = data === undefined ? undefined : causeOf(data);
  return (
    <>
      <PageHeader
        crumb={
          <Link href="/nodes" className="hover:underline">
            Nodes
          </Link>
        }
        title={name}
        beside={
          data !== undefined && (
            <>
              <NodeStateChip state={data.state} reason={cause?.reason} />
              {cause !== undefined && (
                <span className="text-xs">
                  <Age at={cause.since} prefix="since" />
                </span>
              )}
            </>
          )
        }
        actions={
          !gone &&
          data?.signIn !== null && (
            <>
              {notAdmin !== undefined && <span className="text-xs text-ink-3">Forget: {notAdmin}</span>}
              <Button look="danger" refused={notAdmin} onClick={() => setForgetting(true)}>
                Forget {name}
              </Button>
            </>
          )
        }
        truths={
          data !== undefined && (
            <TruthLine>
              <TruthPill truth={cluster ? 'live' : 'desired'}>
                <span className="machine">{data.effective.revision.slice(0, 8)}</span> to compare with
              </TruthPill>
              <TruthPill
                truth="programmed"
                off={data.reportedAt === null}
                age={data.reportedAt !== null && <Age at={data.reportedAt} limitSeconds={30} />}
              >
                {data.reportedAt === null ? 'it has never reported' : 'read back from the kernel'}
              </TruthPill>
            </TruthLine>
          )
        }
      />
      {gone && (
        <Empty title={`There is no node ${name}.`}>
          <p>It never joined, or an admin let it be forgotten. A node that joins again stands in the list.</p>
          <ButtonLink href="/nodes">All nodes</ButtonLink>
        </Empty>
      )}
      {node.isError && !gone && <ErrorPanel error={node.error} onRetry={() => void node.refetch()} className="mb-3" />}
      {data === undefined && !node.isError && <Loading what={name} />}
      {data !== undefined && !gone && (
        <div className="flex flex-col gap-3">
          {data.signIn === null && (
            <Note kind="warning">
              The cluster has this node, and no agent has signed in for it: what is decided here is not programmed
              there. Look whether the agents’ DaemonSet runs on {name}.
            </Note>
          )}
          {data.state === 'Stale' && data.signIn !== null && (
            <Note kind="warning">
              {cause?.message}. What stands below is the last report; what the kernel holds now cannot be told. Check
              that the agent runs on {name} and reaches this server.
            </Note>
          )}
          <NodeFactsPanel node={data} cluster={cluster} />
          {data.report === null && data.signIn !== null && (
            <Note>
              No report came from this node yet: nothing is known of its kernel. An agent reports within 10 s.
            </Note>
          )}
          {data.report !== null && (
            <>
              {wanted !== null && (
                <DifferencePanel
                  cluster={cluster}
                  wanted={wanted}
                  report={data.report}
                  effective={data.effective.revision}
                  held={data.revision}
                />
              )}
              <div className="grid grid-cols-[minmax(0,1fr)_24rem] items-start gap-3 max-[73.75rem]:grid-cols-1">
                <RulesPanel report={data.report} family={family} onFamily={setFamily} />
                <SetsPanel
                  held={data.report.families[family]}
                  wanted={wanted?.[family] ?? null}
                  word={wordOf(cluster)}
                  pools={state?.pools ?? []}
                  family={family}
                />
              </div>
              <NetworkPanels facts={data.facts} />
            </>
          )}
        </div>
      )}
      <ForgetDialog name={name} open={forgetting} onClose={() => setForgetting(false)} />
    </>
  );
}

/** What the kernel should hold, by the same code that the agent compiles with; null for settings that do not hold. */
function wantedOf(
  { pools, settings, hosts }: WantedState,
  node: string,
  held: Record<FamilyName, ReportedFamily>,
): Record<FamilyName, Program> | null {
  const own = settingsFor(settings, node);
  const program = (family: 4 | 6): Program =>
    compile({ pools, settings: own, hosts, family, randomFully: picksAtRandom(held[family]) });
  try {
    return { '4': program(4), '6': program(6) };
  } catch {
    return null;
  }
}
