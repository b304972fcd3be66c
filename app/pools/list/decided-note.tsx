'use client';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { ChangeLink } from '../../components/change-link.tsx';
import { Note } from '../../components/note.tsx';
import { summaryOf } from '../../history/summary.ts';
import { useTRPC } from '../../trpc/client.ts';

/** What was decided last about a pool that has no page any more: the link that leads here names the change. */
export function DecidedNote() {
  const trpc = useTRPC();
  const id = Number(useSearchParams().get('decided'));
  const named = Number.isSafeInteger(id) && id > 0;
  const { data } = useQuery(trpc.changes.get.queryOptions({ id }, { enabled: named }));
  if (!named || data === undefined) return null;
  return (
    <Note role="status" className="mb-3">
      {summaryOf(data)}: <ChangeLink id={id} />.
    </Note>
  );
}
