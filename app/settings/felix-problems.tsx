import Link from 'next/link';
import { objectAt } from '../../core/cluster/felix-objects.ts';
import { Panel } from '../components/panel.tsx';
import { FindingChip } from '../components/state-chip.tsx';
import { keptWords } from './settings-words.ts';

interface FelixProblem {
  code: string;
  field: string;
  message: string;
  stops: boolean;
  kept: boolean;
}

/** Settings that the cluster has already, and that stop Felix or that it ignores without a word. Nothing when there are none. */
export function FelixProblems({ problems }: { problems: readonly FelixProblem[] }) {
  if (problems.length === 0) return null;
  const stops = problems.some((one) => one.stops);
  const title = stops ? 'The cluster has settings that stop Felix' : 'The cluster has settings that are not in force';
  return (
    <Panel
      label={title}
      title={<span className="whitespace-normal">{title}</span>}
      lead={
        <Link className="link" href="/codes/settings-that-stop-felix">
          what each does
        </Link>
      }
      flush
      className={stops ? 'border-error-bd!' : 'border-warning-bd!'}
    >
      <ul className="divide-y divide-line-faint">
        {problems.map(({ code, field, message, stops: stopping, kept }) => (
          <li key={`${code} ${field} ${message}`} className="flex flex-wrap items-start gap-x-3 gap-y-1 px-3.5 py-2.5">
            <span className="min-w-24">
              <FelixProblemChip stops={stopping} />
            </span>
            <span className="min-w-40 flex-1 wrap-anywhere">
              <span className="block text-ink-1">{message}</span>
              {kept && <span className="block text-xs">{keptWords(objectAt(field) ?? field)}</span>}
              <span className="machine text-2xs text-ink-3">
                {field}
                {code !== '-' && ` ${code}`}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function FelixProblemChip({ stops }: { stops: boolean }) {
  return <FindingChip kind={stops ? 'error' : 'warning'}>{stops ? 'Stops Felix' : 'Not in force'}</FindingChip>;
}
