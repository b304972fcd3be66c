import { clsx } from 'clsx';
import { CircleCheck, CircleDashed, CircleX, ClockAlert, Eye, OctagonX, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { NodeState } from '../../core/wire/reasons.ts';

type Tone = 'quiet' | 'pending' | 'drifted' | 'stale' | 'failed' | 'error' | 'warning';

const tones: Record<Exclude<Tone, 'quiet'>, string> = {
  pending: 'text-pending-fg bg-pending-bg ring-pending-bd',
  drifted: 'text-drifted-fg bg-drifted-bg ring-drifted-bd',
  stale: 'text-stale-fg bg-stale-bg ring-stale-bd',
  failed: 'text-failed-fg bg-failed-bg ring-failed-bd',
  error: 'text-error-fg bg-error-bg ring-error-bd',
  warning: 'text-warning-fg bg-warning-bg ring-warning-bd',
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
  children,
}: {
  tone: Tone;
  icon: ReactNode;
  title?: string | undefined;
  children: ReactNode;
}) {
  return (
    <span
      title={title}
      className={clsx(
        'inline-flex flex-none items-center gap-1.5 text-xs whitespace-nowrap [&>svg]:size-3.5',
        tone === 'quiet'
          ? 'text-ink-2'
          : ['h-5.5 rounded-sm pr-1.75 pl-1.5 font-medium ring-1 ring-inset', tones[tone]],
      )}
    >
      {icon}
      {children}
    </span>
  );
}
