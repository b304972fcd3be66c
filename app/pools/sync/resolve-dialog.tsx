'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import type { PoolField } from '../../../core/cluster/compare.ts';
import { Follows } from '../../cluster/follows.tsx';
import { ChangeLink } from '../../components/change-link.tsx';
import { reasonOf } from '../../components/error-panel.tsx';
import { Effects, ReasonDialog } from '../../components/reason-dialog.tsx';
import { useTRPC } from '../../trpc/client.ts';
import { pathAfterLeaving } from '../paths.ts';
import type { Choice, FieldChoice, Way } from './sync-words.ts';

/** One way on, with what it does and the reason. A pool that is no longer ours has no page: where it is then is next. */
export function ResolveDialog({
  name,
  shown,
  way,
  field,
  leaves,
  inCluster,
  onStale,
  onClose,
}: {
  name: string;
  /** what the way was chosen on: nothing else is decided about */
  shown: { version: number; seen: string };
  /** what it does by now */
  way: Way<Choice | FieldChoice> | null;
  /** what a way of one field is about */
  field: PoolField | undefined;
  /** the pool is not here afterwards */
  leaves: boolean;
  /** the cluster has it */
  inCluster: boolean;
  /** it is another one by now, which the next attempt is about */
  onStale: (now: { version: number; seen: string }) => void;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const queries = useQueryClient();
  const resolve = useMutation(
    trpc.cluster.resolve.mutationOptions({
      onSuccess: async ({ change }) => {
        if (leaves) router.push(pathAfterLeaving(change.id, inCluster));
        await queries.invalidateQueries();
      },
      onError: async (error) => {
        if (reasonOf(error) !== 'VERSION_STALE') return;
        const queryKey = trpc.cluster.compare.queryKey({ name });
        await queries.invalidateQueries({ queryKey });
        const now = queries.getQueryData(queryKey);
        if (now !== undefined) onStale({ version: now.version, seen: now.seen });
      },
    }),
  );
  return (
    <ReasonDialog
      key={`${way?.choice} ${field}`}
      open={way !== null}
      onClose={() => {
        resolve.reset();
        onClose();
      }}
      title={`${way?.verb ?? ''}: ${field === undefined ? '' : `${field} of `}${name}`}
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
            It is decided: <ChangeLink id={resolve.data.change.id} />.{way?.choice === 'ours' && <Follows />}
          </>
        )
      }
      onSubmit={(reason) =>
        way !== null &&
        resolve.mutate({ name, choice: way.choice, field, expectedVersion: shown.version, seen: shown.seen, reason })
      }
    />
  );
}
