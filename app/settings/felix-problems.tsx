import Link from 'next/link';
import { Panel } from '../components/panel.tsx';
import { FindingChip } from '../components/state-chip.tsx';

/** Settings that the cluster has already, and that stop Felix or that it ignores without a word. Nothing when there are none. */
export function FelixProblems({ problems }: { problems: readonly { code: string; field: string; message: string }[] }) {
  if (problems.length === 0) return null;
  return (
    <Panel
      label="The cluster has settings that stop Felix"
      title="The cluster has settings that stop Felix"
      lead={
        <Link className="link" href="/codes/settings-that-stop-felix">
          what each does
        </Link>
      }
      flush
      className="border-error-bd"
    >
      <ul className="divide-y divide-line-faint">
        {problems.map(({ code, field, message }) => (
          <li key={`${code} ${field} ${message}`} className="flex flex-wrap items-start gap-x-3 gap-y-1 px-3.5 py-2.5">
            <FindingChip kind="error">{code.startsWith('W_') ? 'Stops Felix' : 'Not in force'}</FindingChip>
            <span className="min-w-40 flex-1 wrap-anywhere">
              <span className="block text-ink-1">{message}</span>
              <span className="machine text-2xs text-ink-3">
                {field} {code}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
