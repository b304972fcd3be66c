'use client';
/** Released fields of the pool that is edited, and what comes of those of which the draft says otherwise. */
import { useQuery } from '@tanstack/react-query';
import type { PoolField } from '../../../core/cluster/compare.ts';
import { takenBack } from '../../../core/cluster/released.ts';
import type { Pool, PoolSpec } from '../../../core/pool/spec.ts';
import { Note } from '../../components/note.tsx';
import { useTRPC } from '../../trpc/client.ts';
import { listed, takenBackWords, valueText } from '../sync/sync-words.ts';

export function ReleasedNote({
  released,
  live,
  base,
  draft,
}: {
  released: readonly PoolField[];
  live: Pool | undefined;
  base: PoolSpec;
  draft: Pool;
}) {
  const trpc = useTRPC();
  const back = takenBack(draft.spec, released, base);
  const query = useQuery(trpc.cluster.compare.queryOptions({ name: draft.name }, { enabled: back.length > 0 }));
  const words = takenBackWords(back, query.data?.rows ?? [], query.data?.sync.policy ?? 'ask');
  return (
    <>
      <Note className="mb-3">
        {listed(released)} {released.length === 1 ? 'is' : 'are'} released: the cluster decides{' '}
        {released.length === 1 ? 'it' : 'them'}, and has{' '}
        {listed(released.map((field) => `${field} ${valueText(live?.spec[field])}`))} now. Another value that is saved
        here takes a field back.
      </Note>
      {words.length > 0 && (
        <Note role="status" className="mb-3">
          {words.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </Note>
      )}
    </>
  );
}
