'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { changeNumber } from '../../core/wire/change-number.ts';
import { Actor } from '../components/actor.tsx';
import { When } from '../components/age.tsx';
import { ButtonLink } from '../components/button.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Panel } from '../components/panel.tsx';
import { HeadRow, Table, Tbody, Td, Th, Thead, Tr } from '../components/table.tsx';
import { holdingText } from '../history/holding-words.ts';
import { reasonBeside, summaryOf } from '../history/summary.ts';
import { useTRPC } from '../trpc/client.ts';

const SHOWN = 6;

export function LastChanges() {
  const trpc = useTRPC();
  const changes = useQuery(trpc.changes.list.queryOptions({}));
  const rows = changes.data?.changes.slice(0, SHOWN) ?? [];
  return (
    <Panel
      title="Last changes"
      flush
      actions={
        <ButtonLink small look="ghost" href="/history">
          All history
        </ButtonLink>
      }
    >
      {changes.isError && <ErrorPanel error={changes.error} className="m-3" />}
      {changes.data !== undefined && rows.length === 0 && (
        <p className="px-3.5 py-3 text-ink-3">
          Nothing was changed yet. Every change will stand here, with who made it and why.
        </p>
      )}
      {rows.length > 0 && (
        <Table label="Last changes">
          <Thead>
            <HeadRow>
              <Th>Change</Th>
              <Th>What</Th>
              <Th>Who</Th>
              <Th>When, UTC</Th>
              <Th>Reason</Th>
              <Th numeric>Nodes that have it</Th>
            </HeadRow>
          </Thead>
          <Tbody>
            {rows.map((change) => (
              <Tr key={change.id}>
                <Td>
                  <Link className="machine link" href={`/history?change=${change.id}`}>
                    {changeNumber(change.id)}
                  </Link>
                </Td>
                <Td className="w-1/2 max-w-0 truncate text-ink-1" title={summaryOf(change)}>
                  {summaryOf(change)}
                </Td>
                <Td label="Who" className="max-w-64 truncate" title={change.actor}>
                  <Actor {...change} />
                </Td>
                <Td label="When, UTC">
                  <When at={change.at} />
                </Td>
                <Td
                  label="Reason"
                  className="w-1/4 max-w-0 truncate text-ink-2"
                  title={reasonBeside(change) ?? undefined}
                >
                  {reasonBeside(change)}
                </Td>
                <Td numeric label="Nodes that have it">
                  {holdingText(change)}
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
    </Panel>
  );
}
