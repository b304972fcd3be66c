import { CircleCheck } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { Panel } from '../../components/panel.tsx';
import { FindingChip } from '../../components/state-chip.tsx';
import { Tag } from '../../components/tag.tsx';
import type { SpecChange, TextProblem } from '../draft.ts';
import type { Finding } from '../findings.ts';

/** Everything that must hold, as it is typed: Calico's words, the field, and a button where one repairs it. */
export function FindingsPanel({
  findings,
  problems,
  onFix,
  onBackToForm,
  untouched,
  checked,
}: {
  findings: readonly Finding[];
  problems: readonly TextProblem[];
  onFix: (change: SpecChange) => void;
  onBackToForm: () => void;
  /** a new pool of which nothing is typed yet */
  untouched: boolean;
  /** what was asked, in words: the server's answer is on its way, or here */
  checked: string;
}) {
  const errors = findings.filter(({ kind }) => kind === 'error').length + problems.length;
  const others = findings.filter(({ kind }) => kind !== 'error').length;
  return (
    <Panel
      title="What must hold"
      flush
      lead={
        <span role="status" className="flex items-center gap-2">
          {errors > 0 && <FindingChip kind="error">{plural(errors, 'error')}</FindingChip>}
          {others > 0 && <FindingChip kind="warning">{plural(others, 'warning')}</FindingChip>}
        </span>
      }
      footer={checked}
    >
      {untouched && <p className="px-3.5 py-3 text-ink-2">Nothing is typed yet: each rule is checked as you type.</p>}
      {errors + others === 0 && !untouched && (
        <p className="flex items-center gap-2 px-3.5 py-3 text-ink-2">
          <CircleCheck aria-hidden className="size-3.5 text-programmed-mark" />
          All rules hold.
        </p>
      )}
      <ul className="divide-y divide-line-faint">
        {problems.map(({ line, field, message }) => (
          <li key={`${line} ${field} ${message}`} className="flex flex-wrap items-start gap-x-3 gap-y-1 px-3.5 py-2.5">
            <FindingChip kind="error">Line {line}</FindingChip>
            <span className="min-w-40 flex-1 wrap-anywhere">
              <span className="block text-ink-1">{message}</span>
              <span className="text-2xs text-ink-3">
                {field !== '' && <span className="machine text-2xs">{field}, </span>}
                the form shows the last text that could be read
              </span>
            </span>
          </li>
        ))}
        {problems.length > 0 && (
          <li className="px-3.5 py-2.5">
            <Button small onClick={onBackToForm}>
              Write the text again from the form
            </Button>
          </li>
        )}
        {findings.map(({ kind, rule, field, message, fix }) => (
          <li key={`${rule} ${field} ${message}`} className="flex flex-wrap items-start gap-x-3 gap-y-1 px-3.5 py-2.5">
            <FindingChip kind={kind === 'error' ? 'error' : 'warning'}>{ruleWord(rule)}</FindingChip>
            <span className="min-w-40 flex-1 wrap-anywhere">
              <span className="block text-ink-1">{message}</span>
              <span className="machine text-2xs text-ink-3">{field}</span>{' '}
              {kind === 'known' && <Tag>was so before, does not block</Tag>}
              {kind === 'others' && <Tag>a pool of others in the cluster, does not block</Tag>}
            </span>
            {fix !== null && (
              <Button small onClick={() => onFix(fix.change)}>
                {fix.label}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const ruleWord = (rule: string): string =>
  rule === '' ? 'Field' : rule === '-' ? 'CIDR' : rule.startsWith('W_') ? 'Look' : rule;
export const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
