'use client';
import { useQuery } from '@tanstack/react-query';
import {
  CircleCheck,
  CircleDashed,
  ClockAlert,
  Copy,
  OctagonX,
  PowerOff,
  Search,
  ServerOff,
  TriangleAlert,
  Unplug,
} from 'lucide-react';
import { useMemo, useRef } from 'react';
import { Button } from '../components/button.tsx';
import { Empty } from '../components/empty.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { TextInput } from '../components/field.tsx';
import { FilterChip } from '../components/filter-chip.tsx';
import { Kbd } from '../components/kbd.tsx';
import { Loading } from '../components/loading.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Panel } from '../components/panel.tsx';
import { DesiredAndProgrammed } from '../components/truths.tsx';
import { useAddressView } from '../components/use-address-view.ts';
import { useKeys } from '../keys/use-keys.ts';
import { useTRPC } from '../trpc/client.ts';
import { useClusterMode } from '../trpc/cluster-mode.ts';
import { NoNodes } from './no-nodes.tsx';
import { buildNodes, hasReason, parseNodes, visibleNodes } from './node-list.ts';
import { NodeTable } from './node-table.tsx';
import { Rollout } from './rollout.tsx';

const states = [
  { state: 'Programmed', icon: CircleCheck },
  { state: 'Pending', icon: CircleDashed },
  { state: 'Drifted', icon: TriangleAlert },
  { state: 'Stale', icon: ClockAlert },
  { state: 'Failed', icon: OctagonX },
] as const;

const reasons = [
  { reason: 'NoAgent', words: 'No agent', icon: Unplug },
  { reason: 'TwoAgents', words: 'Two agents', icon: Copy },
  { reason: 'NodeNotInCluster', words: 'Not in the cluster', icon: ServerOff },
  { reason: 'NodeNotReady', words: 'Not ready', icon: PowerOff },
] as const;

/** How far the last change came, and every node, those that need somebody first. */
export function Nodes() {
  const trpc = useTRPC();
  const [view, show] = useAddressView(parseNodes, buildNodes);
  const nodes = useQuery(trpc.nodes.list.queryOptions());
  const cluster = useClusterMode();
  const search = useRef<HTMLInputElement>(null);
  const all = nodes.data?.nodes;
  const shown = useMemo(() => visibleNodes(all ?? [], view), [all, view]);
  const clear = (): void => show({ state: '', reason: '', search: '' });
  useKeys('Nodes', [
    { keys: 's', label: 'Search in this list', run: () => search.current?.focus() },
    { keys: 'Escape', label: 'Clear the filters', run: clear },
  ]);
  return (
    <>
      <PageHeader
        title="Nodes"
        truths={
          <DesiredAndProgrammed
            note={
              cluster
                ? 'Nodes are compared with what the cluster says.'
                : 'Nodes are compared with the desired revision.'
            }
          />
        }
      />
      {nodes.isError && <ErrorPanel error={nodes.error} onRetry={() => void nodes.refetch()} className="mb-3" />}
      {all === undefined && !nodes.isError && <Loading what="nodes" />}
      {all?.length === 0 && <NoNodes cluster={cluster} />}
      {all !== undefined && all.length > 0 && (
        <>
          <Rollout />
          <search className="mt-3 mb-2.5 flex flex-wrap items-center gap-2">
            <TextInput
              ref={search}
              type="search"
              aria-label="Search nodes"
              placeholder="Node name"
              value={view.search}
              onChange={(event) => show({ search: event.target.value })}
              lead={<Search aria-hidden className="size-3.5 flex-none text-ink-3" />}
              trail={<Kbd>s</Kbd>}
              className="max-w-70"
            />
            <fieldset aria-label="State" className="flex min-w-0 flex-wrap items-center gap-1.5">
              <FilterChip pressed={view.state === ''} onPress={() => show({ state: '' })} count={all.length}>
                All
              </FilterChip>
              {states.map(({ state, icon: Icon }) => (
                <FilterChip
                  key={state}
                  pressed={view.state === state}
                  onPress={() => show({ state })}
                  icon={<Icon aria-hidden />}
                  count={all.filter((node) => node.state === state).length}
                >
                  {state}
                </FilterChip>
              ))}
            </fieldset>
            {cluster && (
              <fieldset aria-label="Node and agent" className="flex min-w-0 flex-wrap items-center gap-1.5">
                {reasons.map(({ reason, words, icon: Icon }) => {
                  const count = all.filter((node) => hasReason(node, reason)).length;
                  const pressed = view.reason === reason;
                  return count === 0 && !pressed ? null : (
                    <FilterChip
                      key={reason}
                      pressed={pressed}
                      onPress={() => show({ reason: pressed ? '' : reason })}
                      icon={<Icon aria-hidden />}
                      count={count}
                    >
                      {words}
                    </FilterChip>
                  );
                })}
              </fieldset>
            )}
            <span className="ml-auto text-xs text-ink-3 narrow:hidden">what needs somebody first</span>
          </search>
          <Panel label="Nodes" flush>
            {shown.length > 0 ? (
              <NodeTable nodes={shown} effective={nodes.data?.revision ?? ''} cluster={cluster} />
            ) : (
              <Empty title="No node matches these filters.">
                <Button onClick={clear}>Clear the filters</Button>
              </Empty>
            )}
          </Panel>
        </>
      )}
    </>
  );
}
