'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { Age } from '../../components/age.tsx';
import { Empty } from '../../components/empty.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Loading } from '../../components/loading.tsx';
import { Panel } from '../../components/panel.tsx';
import { NodeStateChip } from '../../components/state-chip.tsx';
import { HeadRow, Table, Tbody, Td, Th, Thead, Tr } from '../../components/table.tsx';
import { useTRPC } from '../../trpc/client.ts';
import type { PoolDetail } from './pool-detail.ts';

const SHOWN = 100;

/** Which nodes hold the state that this pool is part of; those that do not come first. */
export function PoolNodes({ pool }: { pool: PoolDetail }) {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.nodes.list.queryOptions({}));
  if (error !== null && data === undefined) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="nodes" />;
  const nodes = data.nodes.toSorted((a, b) => Number(a.state === 'Programmed') - Number(b.state === 'Programmed'));
  return (
    <Panel
      title="Nodes"
      lead={`${pool.nodes.programmed} of ${pool.nodes.total} hold it as it is now`}
      flush
      footer={
        nodes.length > SHOWN ? (
          <Link className="link" href="/nodes">
            All {nodes.length.toLocaleString('en-US')} nodes
          </Link>
        ) : undefined
      }
    >
      {nodes.length === 0 ? (
        <Empty title="No node has joined yet.">
          <p>An agent joins with a join token; an admin makes one under Settings.</p>
        </Empty>
      ) : (
        <Table label={`Nodes and ${pool.name}`}>
          <Thead>
            <HeadRow>
              <Th>Node</Th>
              <Th>State</Th>
              <Th>Revision held</Th>
              <Th>Last report</Th>
            </HeadRow>
          </Thead>
          <Tbody>
            {nodes.slice(0, SHOWN).map((node) => (
              <Tr key={node.name} className="hover:bg-surface-2">
                <Td>
                  <Link
                    className="rounded-sm font-[550] text-ink-1 hover:underline"
                    href={`/nodes/${encodeURIComponent(node.name)}`}
                  >
                    {node.name}
                  </Link>
                </Td>
                <Td label="State">
                  <NodeStateChip state={node.state} />
                </Td>
                <Td label="Revision held" className="machine">
                  {node.revision?.slice(0, 8) ?? 'none'}
                </Td>
                <Td label="Last report">
                  {node.reportedAt === null ? (
                    <span className="text-ink-3">never</span>
                  ) : (
                    <Age at={node.reportedAt} limitSeconds={30} />
                  )}
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
    </Panel>
  );
}
