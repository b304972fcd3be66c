'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { ChangeLink } from '../../components/change-link.tsx';
import { Effects, ReasonDialog } from '../../components/reason-dialog.tsx';
import { useTRPC } from '../../trpc/client.ts';
import type { Way } from './sync-words.ts';

/** One way on, with what it does and the reason. A pool that is no longer ours has no page: its list is next. */
export function ResolveDialog({
  name,
  version,
  way,
  leaves,
  onClose,
}: {
  name: string;
  version: number;
  way: Way | null;
  /** the pool is not here afterwards */
  leaves: boolean;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const queries = useQueryClient();
  const resolve = useMutation(
    trpc.cluster.resolve.mutationOptions({
      onSuccess: async () => {
        if (leaves) router.push(way?.choice === 'release' ? '/cluster' : '/pools');
        await queries.invalidateQueries();
      },
    }),
  );
  return (
    <ReasonDialog
      key={way?.choice}
      open={way !== null}
      onClose={() => {
        resolve.reset();
        onClose();
      }}
      title={`${way?.verb ?? ''}: ${name}`}
      effects={<Effects effects={way?.effects ?? []} />}
      verb={way?.verb ?? ''}
      keep="Leave it as it is"
      danger={way?.choice === 'ours' || leaves}
      pending={resolve.isPending}
      error={resolve.error}
      stale={`${name} was changed meanwhile. What stands above is already its new state: look again, then decide.`}
      result={
        resolve.data === undefined ? null : (
          <>
            It is decided: <ChangeLink id={resolve.data.change.id} />.
            {way?.choice === 'ours' && ' The cluster follows as soon as it answers.'}
          </>
        )
      }
      onSubmit={(reason) =>
        way !== null && resolve.mutate({ name, choice: way.choice, expectedVersion: version, reason })
      }
    />
  );
}
