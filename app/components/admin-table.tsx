import type { ReactNode } from 'react';
import { ErrorPanel } from './error-panel.tsx';
import { Loading } from './loading.tsx';
import { Panel } from './panel.tsx';
import { HeadRow, Table, Tbody, Td, Th, Thead, Tr } from './table.tsx';

/** A list with actions in each row, and what stands in its place while it is read, empty or refused. */
export function AdminTable<Row>({
  title,
  query,
  rows,
  heads,
  empty,
  children,
}: {
  title: string;
  query: { error: unknown; isError: boolean; refetch: () => unknown };
  /** undefined until they are here */
  rows: readonly Row[] | undefined;
  /** column heads before the actions; `#` in front: numbers */
  heads: readonly string[];
  empty?: ReactNode;
  children: (row: Row) => ReactNode;
}) {
  return (
    <>
      {query.isError && <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />}
      {rows === undefined && !query.isError && <Loading what={title.toLowerCase()} />}
      {rows !== undefined && (
        <Panel title={title} flush>
          {rows.length === 0 ? (
            <p className="px-3.5 py-3 text-ink-3">{empty}</p>
          ) : (
            <Table label={title}>
              <Thead>
                <HeadRow>
                  {heads.map((head) => (
                    <Th key={head} numeric={head.startsWith('#')}>
                      {head.replace('#', '')}
                    </Th>
                  ))}
                  <Th>
                    <span className="sr-only">Actions</span>
                  </Th>
                </HeadRow>
              </Thead>
              <Tbody>{rows.map(children)}</Tbody>
            </Table>
          )}
        </Panel>
      )}
    </>
  );
}

/** What was refused, below the row that it was asked in. */
export function RowError({ error, columns }: { error: unknown; columns: number }) {
  if (error === null || error === undefined) return null;
  return (
    <Tr>
      <Td colSpan={columns} className="whitespace-normal!">
        <ErrorPanel error={error} className="my-1" />
      </Td>
    </Tr>
  );
}
