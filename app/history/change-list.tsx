import { clsx } from 'clsx';
import Link from 'next/link';
import { changeNumber } from '../../core/wire/change-number.ts';
import { Actor } from '../components/actor.tsx';
import { clock } from '../components/age.tsx';
import type { Outputs } from '../trpc/client.ts';
import { actionWords } from './history-view.ts';
import { type Held, holdingText, isHeldByNodes, waits } from './holding-words.ts';
import { summaryOf } from './summary.ts';

export type Change = Outputs['changes']['list']['changes'][number];

export const changeLinkId = (id: number): string => `change-${id}`;

/** Two lines a change, under its day. The open one is marked; a link each, so that any can be sent. */
export function ChangeList({
  changes,
  open,
  href,
  onOpen,
}: {
  changes: readonly Change[];
  open: number | null;
  href: (id: number) => string;
  onOpen: () => void;
}) {
  const days = Map.groupBy(changes, ({ at }) => at.slice(0, 10));
  return (
    <div className="max-h-[max(24rem,calc(100dvh-15rem))] overflow-y-auto">
      {[...days].map(([day, of]) => (
        <section key={day} aria-label={dayText(day)}>
          <h2 className="sticky top-0 border-b border-line-faint bg-surface-2 px-3.5 py-1.25 text-2xs font-medium text-ink-3">
            {dayText(day)}
          </h2>
          <ul>
            {of.map((change) => (
              <li key={change.id} className="border-b border-line-faint">
                <Link
                  id={changeLinkId(change.id)}
                  href={href(change.id)}
                  onClick={onOpen}
                  scroll={false}
                  replace
                  aria-current={change.id === open}
                  className={clsx(
                    'block px-3.5 pt-1.75 pb-2 -outline-offset-2',
                    change.id === open
                      ? 'bg-surface-selected shadow-[inset_2px_0_var(--accent)]'
                      : 'hover:bg-surface-2',
                  )}
                >
                  <span className="flex items-baseline gap-2">
                    <span className="machine w-12 flex-none text-ink-3">{changeNumber(change.id)}</span>
                    <span className="line-clamp-2 min-w-0 flex-1 font-[550] wrap-anywhere text-ink-1 narrow:line-clamp-3">
                      {summaryOf(change)}
                    </span>
                    <span className="text-xs text-ink-3 tabular-nums">{clock(change.at)}</span>
                  </span>
                  <span className="mt-0.75 flex items-baseline gap-x-2 text-xs text-ink-3 narrow:flex-wrap">
                    <span className="flex-none">{actionWords[change.action]}</span>
                    <span className="min-w-0 flex-1 truncate narrow:basis-full narrow:wrap-anywhere narrow:whitespace-normal">
                      <Actor {...change} />
                    </span>
                    <Holding {...change} />
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Holding(change: Held) {
  return (
    <span className={clsx('text-2xs whitespace-nowrap tabular-nums', waits(change) ? 'text-pending-fg' : 'text-ink-3')}>
      {holdingText(change)}
      {isHeldByNodes(change) && ' nodes'}
    </span>
  );
}

const dayFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
const dayText = (day: string): string => dayFormat.format(new Date(`${day}T00:00:00Z`));
