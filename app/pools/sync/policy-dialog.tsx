'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SyncPolicy } from '../../../core/cluster/sync-state.ts';
import { ChangeLink } from '../../components/change-link.tsx';
import { Effects, ReasonDialog } from '../../components/reason-dialog.tsx';
import { useTRPC } from '../../trpc/client.ts';
import { policyEffects, policyWords, type Stands } from './policy-words.ts';

/** What becomes of later changes in the cluster: the other policy than now, with a reason. */
export function PolicyDialog({
  name,
  version,
  policy,
  stands,
  open,
  onClose,
}: {
  name: string;
  version: number;
  policy: SyncPolicy;
  /** how the pool stands there now */
  stands: Stands;
  open: boolean;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const set = useMutation(trpc.cluster.setPolicy.mutationOptions({ onSuccess: () => queries.invalidateQueries() }));
  // what was asked for stays in the sentences while the page behind already has the new policy
  const next = set.variables?.policy ?? (policy === 'ask' ? 'enforce' : 'ask');
  return (
    <ReasonDialog
      open={open}
      onClose={() => {
        set.reset();
        onClose();
      }}
      title={`${next === 'ask' ? 'Ask about' : 'Enforce'} ${name}`}
      effects={<Effects effects={policyEffects(next, stands)} />}
      verb={next === 'ask' ? 'Ask from now on' : 'Enforce from now on'}
      keep="Leave it as it is"
      danger={next === 'enforce'}
      pending={set.isPending}
      error={set.error}
      stale={`${name} was changed meanwhile. The page is already up to date: look again, then decide.`}
      result={
        set.data === undefined ? null : (
          <>
            {policyWords[next]} <ChangeLink id={set.data.change.id} />
          </>
        )
      }
      onSubmit={(reason) => set.mutate({ name, policy: next, expectedVersion: version, reason })}
    />
  );
}
