import Link from 'next/link';
import { Actor } from '../../components/actor.tsx';
import { When } from '../../components/age.tsx';
import { Empty } from '../../components/empty.tsx';
import { Panel } from '../../components/panel.tsx';
import { Table, Td, Th } from '../../components/table.tsx';
import type { PoolDetail } from './pool-detail.ts';

const words: Record<string, string> = {
  'pool.create': 'created',
  'pool.update': 'changed',
  'pool.delete': 'deleted',
  'pool.import': 'imported',
  'cluster.change': 'changed in the cluster',
  'pool.adopt': 'adopted',
  'pool.force': 'applied by force',
  'pool.release': 'released',
  'pool.policy': 'sync policy changed',
  'pool.enforce': 'written back by policy',
  'cluster.follow': 'no longer waited for',
};

/** The last changes of this pool; History has them all. */
export function PoolChanges({ pool }: { pool: PoolDetail }) {
  return (
    <Panel
      title="Changes"
      flush
      actions={
        <Link className="link text-xs" href={`/history?pool=${encodeURIComponent(pool.name)}`}>
          All in History
        </Link>
      }
    >
      {pool.changes.length === 0 ? (
        <Empty title="No change of this pool is kept." />
      ) : (
        <Table label={`Changes of ${pool.name}`}>
          <thead>
            <tr>
              <Th>Change</Th>
              <Th>What</Th>
              <Th>Who</Th>
              <Th>Why</Th>
              <Th>When</Th>
              <Th numeric>Nodes that have it</Th>
            </tr>
          </thead>
          <tbody>
            {pool.changes.map((change) => (
              <tr key={change.id} className="hover:bg-surface-2">
                <Td>
                  <Link className="machine rounded-sm text-accent-fg hover:underline" href={`/history/${change.id}`}>
                    #{change.id}
                  </Link>
                </Td>
                <Td className="text-ink-1">
                  {words[change.action] ?? change.action}
                  {change.pools > 1 && `, with ${change.pools - 1} other${change.pools === 2 ? '' : 's'}`}
                </Td>
                <Td>
                  <Actor actor={change.actor} role={change.role} />
                </Td>
                <Td className="max-w-80 truncate">
                  {change.reason ?? <span className="text-ink-3">no reason given</span>}
                </Td>
                <Td>
                  <When at={change.at} />
                </Td>
                <Td numeric>
                  {change.nodes.holding}/{change.nodes.total}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}
