'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ChangeLink } from '../components/change-link.tsx';
import { Effects, ReasonDialog } from '../components/reason-dialog.tsx';
import { listed } from '../pools/sync/sync-words.ts';
import { useTRPC } from '../trpc/client.ts';
import { type Adopted, adoptionEffects } from './adoption-effects.ts';

/** What adopting changes, the reason, and what came of it. */
export function AdoptDialog({
  pools,
  names,
  open,
  onClose,
  onAdopted,
}: {
  /** those of the names that the cluster still has */
  pools: readonly Adopted[];
  names: readonly string[];
  open: boolean;
  onClose: () => void;
  onAdopted: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const adopt = useMutation(
    trpc.cluster.adopt.mutationOptions({
      onSuccess: () => {
        onAdopted();
        return queries.invalidateQueries();
      },
    }),
  );
  const what = names.length === 1 ? names.join('') : `${names.length.toLocaleString('en-US')} pools`;
  return (
    <ReasonDialog
      open={open}
      onClose={() => {
        adopt.reset();
        onClose();
      }}
      title={`Adopt ${what}`}
      effects={<Effects effects={adoptionEffects(pools)} />}
      verb={`Adopt ${what}`}
      keep="Leave them as they are"
      wide
      pending={adopt.isPending}
      error={adopt.error}
      result={
        adopt.data === undefined ? null : (
          <>
            {names.length > 5 ? what : listed(names)} {names.length === 1 ? 'is' : 'are'} ours now:{' '}
            <ChangeLink id={adopt.data.change.id} />. NAT did not change.
          </>
        )
      }
      onSubmit={(reason) => adopt.mutate({ names: [...names], reason })}
    />
  );
}
