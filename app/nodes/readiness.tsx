import { CircleCheck, CircleQuestionMark, OctagonX, ServerOff } from 'lucide-react';
import type { NodeDetail } from './node-detail.ts';

const words = {
  True: { text: 'Ready', icon: <CircleCheck aria-hidden className="text-programmed-mark" /> },
  False: { text: 'NotReady', icon: <OctagonX aria-hidden className="text-failed-mark" /> },
  Unknown: { text: 'Unknown', icon: <CircleQuestionMark aria-hidden className="text-stale-mark" /> },
};

/** What the cluster says of a node; null: it has none of this name. */
export function Readiness({ object }: { object: NodeDetail['object'] }) {
  const { text, icon } =
    object === null ? { text: 'none', icon: <ServerOff aria-hidden className="text-ink-3" /> } : words[object.ready];
  return (
    <span
      title={object === null ? 'the cluster has no node of this name' : object.message}
      className="inline-flex items-center gap-1.5 align-middle whitespace-nowrap text-ink-1 [&>svg]:size-3.5"
    >
      {icon}
      {text}
    </span>
  );
}
