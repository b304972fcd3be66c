import { clsx } from 'clsx';
import { Check, X } from 'lucide-react';
import Link from 'next/link';
import type { Step } from '../../core/nat/verdict.ts';
import { beforeLead, HeadRow, Table, Tbody, Td, Th, Thead, Tr } from '../components/table.tsx';
import { poolPath } from '../pools/paths.ts';
import { type StepRow, stepRows } from './step-rows.ts';

/** Numbered questions, one column a truth: where the columns differ the row is amber. */
export function StepsTable({ truths }: { truths: readonly { name: string; steps: readonly Step[] }[] }) {
  const rows = stepRows(truths.map(({ steps }) => steps));
  return (
    <Table label="Steps">
      <Thead>
        <HeadRow>
          <Th className="w-8">#</Th>
          <Th>Step</Th>
          {truths.map(({ name }) => (
            <Th key={name}>{name}</Th>
          ))}
          <Th>Pool, field, rule</Th>
        </HeadRow>
      </Thead>
      <Tbody>
        {rows.map((row, index) => (
          <Tr
            key={row.question}
            className={clsx(row.differs && 'bg-drifted-bg/60 narrow:shadow-[inset_3px_0_var(--drifted-mark)]')}
          >
            <Td
              className={clsx(
                'align-top! pt-2! text-ink-3 tabular-nums narrow:pt-0.75!',
                beforeLead,
                row.differs && 'shadow-[inset_3px_0_var(--drifted-mark)] narrow:shadow-none',
              )}
            >
              {index + 1}
            </Td>
            <Td className="py-2 align-top! text-ink-1">{row.question}</Td>
            {truths.map(({ name }, column) => (
              <Td
                key={name}
                label={name}
                className="min-w-56 py-2 align-top! whitespace-normal! narrow:clear-left narrow:min-w-0"
              >
                <Cell
                  steps={row.cells[column] ?? []}
                  marked={row.differs && column > 0}
                  empty={emptyWord(rows, index, column)}
                />
              </Td>
            ))}
            <Td
              label="Pool, field, rule"
              className={clsx('py-2 align-top!', row.cells.flat().every(namesNothing) && 'narrow:hidden')}
            >
              <About steps={row.cells.flat()} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** Kernel rules ask for source and destination in one: those questions point to the rule; desired has no rules to ask. */
function emptyWord(rows: readonly StepRow[], index: number, column: number): string {
  const rule = rows.findIndex(({ cells }) =>
    cells.some((cell) => cell.some(({ code }) => /^(RULE|CHAIN)_/.test(code))),
  );
  if (index === rule) return 'pools decide';
  const asked = rule > index && (rows[rule]?.cells[column]?.length ?? 0) > 0;
  return asked ? `in the rule, step ${rule + 1}` : 'not asked';
}

function Cell({ steps, marked, empty }: { steps: readonly Step[]; marked: boolean; empty: string }) {
  if (steps.length === 0) return <span className="text-xs text-ink-3">{empty}</span>;
  const Icon = marked ? X : Check;
  return (
    <ul className="flex flex-col gap-1">
      {steps.map(({ code, text }) => (
        <li key={`${code} ${text}`} className="flex gap-1.5 text-xs">
          <Icon aria-hidden className={clsx('mt-0.75 size-3 flex-none', marked ? 'text-drifted-fg' : 'text-ink-3')} />
          <span title={code} className={clsx('min-w-0 wrap-anywhere', marked && 'font-medium text-drifted-fg')}>
            {text}
          </span>
        </li>
      ))}
    </ul>
  );
}

const namesNothing = ({ pool, field, rule }: Step): boolean => (pool ?? field ?? rule) === null;

/** What the steps name: each pool, field and rule once. */
function About({ steps }: { steps: readonly Step[] }) {
  const pools = [...new Set(steps.flatMap(({ pool }) => pool ?? []))];
  const words = [...new Set(steps.flatMap(({ field, rule }) => [field ?? [], rule ?? []].flat()))];
  return (
    <span className="flex flex-col gap-0.5">
      {pools.map((pool) => (
        <Link key={pool} className="link w-fit text-xs" href={poolPath(pool)}>
          {pool}
        </Link>
      ))}
      {words.map((word) => (
        <span key={word} className="machine text-2xs text-ink-3">
          {word}
        </span>
      ))}
    </span>
  );
}
