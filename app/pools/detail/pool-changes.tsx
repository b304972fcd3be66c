import Link from 'next/link';
import { changeNumber } from '../../../core/wire/change-number.ts';
import { Actor } from '../../components/actor.tsx';
import { When } from '../../components/age.tsx';
import { Empty } from '../../components/empty.tsx';
import { Panel } from '../../components/panel.tsx';
import { HeadRow, Table, Tbody, Td, Th, Thead, Tr } from '../../components/table.tsx';
import { holdingText } from '../../history/holding-words.ts';
import { isOverNothing } from '../../history/summary.ts';
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
  'pool.release-field': 'field released',
  'pool.decide-field': 'field decided here again',
  'pool.policy': 'sync policy changed',
  'pool.enforce': 'written back by policy',
  'cluster.follow': 'no longer waited for',
};

/** Of what the cluster does not have nothing is forced. */
function wordsFor({ action, before, didNothing }: PoolDetail['changes'][number]): string {
  const made = before === null ? 'made again' : 'tried again';
  const done = action === 'pool.force' && isOverNothing(before) ? made : (words[action] ?? action);
  if (didNothing === null) return done;
  return done === words['pool.force'] ? `force did nothing: ${didNothing}` : `${done}: ${didNothing}`;
}

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
          <Thead>
            <HeadRow>
              <Th>Change</Th>
              <Th>What</Th>
              <Th>Who</Th>
              <Th>Why</Th>
              <Th>When</Th>
              <Th numeric>Nodes that have it</Th>
            </HeadRow>
          </Thead>
          <Tbody>
            {pool.changes.map((change) => (
              <Tr key={change.id} className="hover:bg-surface-2">
                <Td>
                  <Link className="machine link" href={`/history?change=${change.id}`}>
                    {changeNumber(change.id)}
                  </Link>
                </Td>
                <Td className="text-ink-1">
                  {wordsFor(change)}
                  {change.pools > 1 && `, with ${change.pools - 1} other${change.pools === 2 ? '' : 's'}`}
                </Td>
                <Td label="Who" className="max-w-64 truncate" title={change.actor}>
                  <Actor {...change} />
                </Td>
                <Td label="Why" className="max-w-80 truncate">
                  {change.reason ?? <span className="text-ink-3">no reason given</span>}
                </Td>
                <Td label="When">
                  <When at={change.at} />
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
