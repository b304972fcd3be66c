import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { HeadRow, Table, Tbody, Td, Th, Thead, Tr } from '../../components/table.tsx';
import { type FieldRow, holdersOf, listed, valueText } from './sync-words.ts';

/** Fields in their three forms, those that differ first, who holds each in the cluster, and what can be done about it. */
export function CompareTable({
  label,
  rows,
  way,
}: {
  label: string;
  rows: readonly (FieldRow & { held: boolean })[];
  /** the way on of one field */
  way: (row: FieldRow) => ReactNode;
}) {
  const ordered = rows.toSorted((a, b) => Number(b.differs) - Number(a.differs));
  return (
    <Table label={label}>
      <Thead>
        <HeadRow>
          <Th>Field</Th>
          <Th>Desired</Th>
          <Th>Live, in the cluster</Th>
          <Th>Last applied by us</Th>
          <Th>Held by</Th>
          <Th>Who decides it</Th>
        </HeadRow>
      </Thead>
      <Tbody>
        {ordered.map((row) => {
          const { field, desired, live, applied, differs, released } = row;
          const holders = holdersOf(row);
          return (
            <Tr key={field}>
              <Td className="machine text-ink-1">
                {field}
                {differs && <span className="sr-only">, differs</span>}
                {released && ' '}
                {released && <span className="ml-2 text-2xs font-medium text-ink-3">released</span>}
              </Td>
              <Td label="Desired">
                <Value value={desired} />
              </Td>
              <Td label="Live, in the cluster" className={clsx(differs && 'bg-outofsync-bg')}>
                <span className="flex items-center gap-2">
                  <Value value={live} />{' '}
                  {differs && <span className="text-2xs font-medium text-outofsync-fg">differs</span>}
                </span>
              </Td>
              <Td label="Last applied by us">
                <Value value={applied} />
              </Td>
              <Td label="Held by">
                {holders.length === 0 ? (
                  <span className="text-xs text-ink-3">nobody</span>
                ) : (
                  <span className={wraps}>{listed(holders)}</span>
                )}
              </Td>
              <Td label="Who decides it">{way(row)}</Td>
            </Tr>
          );
        })}
      </Tbody>
    </Table>
  );
}

/** Selectors and names of managers are long: they break between words, and within one that is longer than the column. */
const wraps =
  'machine block max-w-80 min-w-0 py-1 wrap-break-word whitespace-normal text-ink-1 narrow:inline narrow:py-0';

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span className="text-xs text-ink-3">not set</span>;
  return <span className={wraps}>{valueText(value)}</span>;
}
