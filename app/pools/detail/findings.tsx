import type { Violation, Warning } from '../../../core/pool/spec.ts';
import { Note } from '../../components/note.tsx';

/** What a pool breaks, and what is odd about it. */
export function Findings({
  violations,
  warnings = [],
  className = '',
}: {
  violations: readonly Violation[];
  warnings?: readonly Warning[];
  className?: string;
}) {
  const all = [
    ...violations.map(({ rule, field, message }) => ({ rule, field, message })),
    ...warnings.map(({ code, field, message }) => ({ rule: code, field, message })),
  ];
  if (all.length === 0) return null;
  return (
    <Note kind="warning" className={className}>
      <ul className="flex flex-col gap-0.5">
        {all.map(({ rule, field, message }) => (
          <li key={`${rule} ${message}`}>
            <span className="machine text-ink-1">{rule === '-' ? 'CIDR' : rule}</span> {message}{' '}
            <span className="machine text-ink-3">{field}</span>
          </li>
        ))}
      </ul>
    </Note>
  );
}
