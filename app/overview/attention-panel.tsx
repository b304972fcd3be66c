'use client';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { useMemo } from 'react';
import { validateSettings } from '../../core/nat/validate-settings.ts';
import { validatePools } from '../../core/pool/validate.ts';
import { isHeard } from '../cluster/connection.ts';
import { Age, useNow } from '../components/age.tsx';
import { ButtonLink } from '../components/button.tsx';
import { Panel } from '../components/panel.tsx';
import { FindingChip, NodeStateChip, SyncStateChip } from '../components/state-chip.tsx';
import { Tag } from '../components/tag.tsx';
import { FelixProblemChip } from '../settings/felix-problems.tsx';
import { useTRPC } from '../trpc/client.ts';
import { useDesiredState } from '../trpc/desired-state.ts';
import { type Attention, attentionOf } from './attention.ts';

/** "Needs a decision": one line when nothing does. */
export function AttentionPanel() {
  const trpc = useTRPC();
  const nodes = useQuery(trpc.nodes.list.queryOptions({}));
  const desired = useDesiredState();
  const status = useQuery(trpc.status.get.queryOptions());
  const inCluster = status.data?.mode === 'cluster';
  const clusterView = useQuery(trpc.cluster.get.queryOptions(undefined, { enabled: inCluster }));
  const cluster = clusterView.data ?? null;
  const now = useNow();
  const heard = cluster === null ? null : isHeard(cluster, now);
  const violations = useMemo(
    () =>
      desired === undefined
        ? undefined
        : {
            pools: validatePools(desired.pools),
            // in a cluster its FelixConfigurations are named as they are, with what stops Felix beside what breaks rules
            settings: cluster?.problems ?? validateSettings(desired.settings, desired.pools),
          },
    [desired, cluster],
  );
  // nothing is calm before all is known that could need somebody
  if (
    nodes.data === undefined ||
    violations === undefined ||
    status.data === undefined ||
    (inCluster && cluster === null)
  ) {
    const failed = nodes.isError || status.isError || clusterView.isError;
    return (
      <Calm>
        {failed
          ? 'Cannot tell what needs a decision: the server did not answer.'
          : 'Looking for what needs a decision.'}
      </Calm>
    );
  }
  const found = attentionOf({ nodes: nodes.data.nodes, ...violations, cluster, now });
  if (found.length === 0) {
    return (
      <Calm>
        <CircleCheck aria-hidden className="size-3.5 flex-none text-programmed-mark" /> Nothing needs a decision.
      </Calm>
    );
  }
  return (
    <Panel
      title={
        <span className="flex items-center gap-2">
          Needs a decision <Tag>{found.length}</Tag>
        </span>
      }
      lead="most urgent first"
      flush
    >
      <ul>
        {found.map((item) => (
          <li
            key={`${item.kind}${'state' in item ? item.state : ''}${'name' in item ? item.name : ''}${'object' in item ? item.object : ''}${'text' in item ? item.text : ''}`}
            className="flex min-h-8.5 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line-faint py-1 pr-3 pl-3.5 last:border-b-0"
          >
            <span className="min-w-24">
              <Chip item={item} heard={heard} />
            </span>
            <span className="min-w-0 flex-1 basis-72 wrap-anywhere">
              <Sentence item={item} heard={heard} />
            </span>
            {'since' in item && item.since !== null && (
              <span className="text-xs">
                <Age at={item.since} />
              </span>
            )}
            <ButtonLink small href={item.href} className="min-w-22">
              {open(item)}
            </ButtonLink>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Calm({ children }: { children: React.ReactNode }) {
  return (
    <section
      aria-label="Needs a decision"
      className="flex min-h-9.5 items-center gap-2 rounded-lg border border-line bg-surface-1 px-3.5"
    >
      {children}
    </section>
  );
}

interface Shown {
  item: Attention;
  /** null: there is no cluster */
  heard: boolean | null;
}

function Chip({ item, heard }: Shown) {
  if (item.kind === 'node' || item.kind === 'nodes') return <NodeStateChip state={item.state} />;
  if (item.kind === 'sync' || item.kind === 'settings-sync') {
    // the sentence beside it says when that was
    return <SyncStateChip state={item.state} heard={heard} low={heard === false} />;
  }
  if (item.kind === 'odd') return <FindingChip kind="warning">Nodes</FindingChip>;
  if (item.kind === 'refused') return <FindingChip kind="warning">Refused</FindingChip>;
  if (item.kind === 'cluster') return <FindingChip kind="error">Cluster</FindingChip>;
  if (item.kind === 'settings' && item.stops !== null) return <FelixProblemChip stops={item.stops} />;
  return <FindingChip kind="error">Violation</FindingChip>;
}

function Sentence({ item, heard }: Shown) {
  const past = heard === false;
  if (item.kind === 'nodes') {
    return (
      <>
        <b className="tabular-nums">{item.count.toLocaleString('en-US')} nodes</b> are {item.state}.
      </>
    );
  }
  if (item.kind === 'cluster' || item.kind === 'refused') return item.text;
  if (item.kind === 'odd')
    return (
      <>
        {item.text}
        <span className="ml-2 machine text-2xs text-ink-3">{item.reason}</span>
      </>
    );
  if (item.kind === 'sync') {
    const many = item.count !== 1;
    return (
      <>
        <b className="tabular-nums">
          {item.count.toLocaleString('en-US')} {many ? 'pools' : 'pool'}
        </b>{' '}
        {past
          ? `${many ? 'were' : 'was'} not in the cluster as desired when it was last heard.`
          : `${many ? 'are' : 'is'} not in the cluster as desired.`}
      </>
    );
  }
  if (item.kind === 'settings-sync')
    return (
      <>
        <b>NAT settings</b> of{' '}
        {item.count === 1 ? 'a FelixConfiguration' : `${item.count.toLocaleString('en-US')} FelixConfigurations`}{' '}
        {past ? 'were not in the cluster as decided when it was last heard.' : 'are not in the cluster as decided.'}
      </>
    );
  if (item.kind === 'settings')
    return (
      <>
        <b>NAT settings</b> of <span className="machine">{item.object}</span>: {item.text}
      </>
    );
  if (item.kind === 'pools') {
    return (
      <>
        <b>{item.names[0]}</b> {item.text}
      </>
    );
  }
  return (
    <>
      <b>{item.name}</b> {item.text}
      {item.reason !== null && <span className="ml-2 machine text-2xs text-ink-3">{item.reason}</span>}
    </>
  );
}

function open(item: Attention): string {
  if (item.kind === 'node') return 'Open node';
  if (item.kind === 'nodes' || item.kind === 'odd') return 'List nodes';
  if (item.kind === 'settings' || item.kind === 'settings-sync') return 'Open settings';
  if (item.kind === 'cluster' || item.kind === 'refused') return 'Open cluster';
  if (item.kind === 'sync') return 'List pools';
  return item.count === 1 ? 'Open pool' : 'List pools';
}
