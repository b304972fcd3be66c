import { clsx } from 'clsx';
import {
  CircleCheck,
  CircleDashed,
  CircleX,
  ClockAlert,
  EqualNot,
  Eye,
  Lock,
  OctagonX,
  RefreshCwOff,
  TriangleAlert,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { SyncState } from '../../core/cluster/sync-state.ts';
import type { NodeState } from '../../core/wire/reasons.ts';

type Tone =
  | 'quiet'
  | 'past'
  | 'pending'
  | 'drifted'
  | 'stale'
  | 'failed'
  | 'error'
  | 'warning'
  | 'outofsync'
  | 'contested';

const tones: Record<Exclude<Tone, 'quiet' | 'past'>, string> = {
  pending: 'text-pending-fg bg-pending-bg ring-pending-bd',
  drifted: 'text-drifted-fg bg-drifted-bg ring-drifted-bd',
  stale: 'text-stale-fg bg-stale-bg ring-stale-bd',
  failed: 'text-failed-fg bg-failed-bg ring-failed-bd',
  error: 'text-error-fg bg-error-bg ring-error-bd',
  warning: 'text-warning-fg bg-warning-bg ring-warning-bd',
  outofsync: 'text-outofsync-fg bg-outofsync-bg ring-outofsync-bd',
  contested: 'text-contested-fg bg-contested-bg ring-contested-bd',
};

const nodeTone: Record<NodeState, Tone> = {
  Programmed: 'quiet',
  Observed: 'quiet',
  Pending: 'pending',
  Drifted: 'drifted',
  Stale: 'stale',
  Failed: 'failed',
};
const nodeIcon: Record<NodeState, ReactNode> = {
  Programmed: <CircleCheck aria-hidden className="text-programmed-mark" />,
  Observed: <Eye aria-hidden className="text-ink-3" />,
  Pending: <CircleDashed aria-hidden />,
  Drifted: <TriangleAlert aria-hidden />,
  Stale: <ClockAlert aria-hidden />,
  Failed: <OctagonX aria-hidden />,
};

/** The state of a node, quiet when all is well, and the reason word beside it. */
export function NodeStateChip({ state, reason }: { state: NodeState; reason?: string | undefined }) {
  return (
    <span className="inline-flex items-center gap-2">
      <Chip tone={nodeTone[state]} icon={nodeIcon[state]}>
        {state}
      </Chip>
      {reason !== undefined && <span className="machine text-2xs text-ink-3">{reason}</span>}
    </span>
  );
}

const syncTone: Record<SyncState, Tone> = {
  Synced: 'quiet',
  Pending: 'pending',
  OutOfSync: 'outofsync',
  Contested: 'contested',
  Rejected: 'failed',
  Forbidden: 'failed',
};
const syncIcon: Record<SyncState, ReactNode> = {
  Synced: <CircleCheck aria-hidden className="text-synced-mark" />,
  Pending: <CircleDashed aria-hidden />,
  OutOfSync: <EqualNot aria-hidden />,
  Contested: <RefreshCwOff aria-hidden />,
  Rejected: <OctagonX aria-hidden />,
  Forbidden: <Lock aria-hidden />,
};

/** While the cluster is not heard a state is what it was; what waits to be brought there waits now. */
export const isPast = (state: SyncState, heard: boolean | null): boolean => heard === false && state !== 'Pending';

/**
 * How a pool stands in the cluster: quiet when it is as desired, muted when that is how it stood when the cluster was last heard.
 * `low`: 18 px, for two lines in one row; the other one says "last heard" then.
 */
export function SyncStateChip({ state, heard, low }: { state: SyncState; heard: boolean | null; low?: boolean }) {
  if (isPast(state, heard)) {
    return (
      <Chip tone="past" icon={syncIcon[state]} title={LAST_HEARD}>
        {low ? state : `${state}, last heard`}
      </Chip>
    );
  }
  return (
    <Chip tone={syncTone[state]} icon={syncIcon[state]} low={low}>
      {state}
    </Chip>
  );
}

const LAST_HEARD = 'How it stood when the cluster was last heard. Whether it is so still is not known.';

/** The sign of a sync state alone, for where its word stands beside it. */
export const syncSign = (state: SyncState): ReactNode => syncIcon[state];

/** A finding: so many errors, a rule that is broken, a warning. */
export function FindingChip({
  kind,
  title,
  children,
}: {
  kind: 'error' | 'warning';
  title?: string | undefined;
  children: ReactNode;
}) {
  const icon = kind === 'error' ? <CircleX aria-hidden /> : <TriangleAlert aria-hidden />;
  return (
    <Chip tone={kind} icon={icon} title={title}>
      {children}
    </Chip>
  );
}

function Chip({
  tone,
  icon,
  title,
  low,
  children,
}: {
  tone: Tone;
  icon: ReactNode;
  title?: string | undefined;
  low?: boolean | undefined;
  children: ReactNode;
}) {
  return (
    <span
      title={title}
      className={clsx(
        'inline-flex flex-none items-center gap-1.5 text-xs whitespace-nowrap [&>svg]:size-3.5',
        tone === 'quiet' || tone === 'past'
          ? ['text-ink-2', tone === 'past' && 'text-ink-3! [&>svg]:text-ink-3!']
          : ['rounded-sm pr-1.75 pl-1.5 font-medium ring-1 ring-inset', low ? 'h-4.5' : 'h-5.5', tones[tone]],
      )}
    >
      {icon}
      {children}
    </span>
  );
}
