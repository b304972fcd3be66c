'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ChangeLink } from '../components/change-link.tsx';
import { Effects, ReasonDialog } from '../components/reason-dialog.tsx';
import { useTRPC } from '../trpc/client.ts';
import { followEffects, type Going } from './follow-effects.ts';

/** What goes, as it was when this was opened: the server takes the word for that, and refuses it for more. */
export function FollowDialog({ going, onClose }: { going: Going; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const follow = useMutation(trpc.cluster.follow.mutationOptions({ onSuccess: () => queries.invalidateQueries() }));
  const names = (objects: readonly { name: string }[]): string[] => objects.map(({ name }) => name);
  return (
    <ReasonDialog
      open
      onClose={onClose}
      title="Follow the cluster as it is"
      effects={<Effects effects={followEffects(going)} />}
      verb="Follow it as it is"
      keep="Keep the last known in force"
      danger
      wide
      pending={follow.isPending}
      error={follow.error}
      result={
        follow.data === undefined ? null : (
          <>
            It is decided: <ChangeLink id={follow.data.change.id} />. The server that leads carries it out as soon as it
            hears the cluster.
          </>
        )
      }
      onSubmit={(reason) =>
        follow.mutate({
          since: going.since,
          pools: names(going.pools),
          settings: names(going.settings),
          reason,
        })
      }
    />
  );
}
