'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Follows } from '../cluster/follows.tsx';
import { ChangeLink } from '../components/change-link.tsx';
import { ErrorPanel, reasonOf } from '../components/error-panel.tsx';
import { Effects, ReasonDialog } from '../components/reason-dialog.tsx';
import { listed } from '../pools/sync/sync-words.ts';
import { useTRPC } from '../trpc/client.ts';
import { SettingsEffect } from './settings-effect.tsx';
import type { SettingsChoice } from './settings-words.ts';

/** A way on where the cluster says something else than is decided: what it does to fields and to connections, then the reason. */
export function ChoiceDialog({
  object,
  shown,
  choice,
  onStale,
  onClose,
}: {
  object: string;
  /** what it was chosen on: nothing else is decided about */
  shown: { version: number; seen: string };
  /** what it does by now */
  choice: SettingsChoice | null;
  /** the settings are others by now, which the next attempt is about */
  onStale: (now: { version: number; seen: string }) => void;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  // of what was decided, when it was: what the choice would do by now is nothing any more
  const [moved, setMoved] = useState(false);
  const resolve = useMutation(
    trpc.cluster.resolveSettings.mutationOptions({
      onSuccess: () => queries.invalidateQueries(),
      onError: async (error) => {
        if (reasonOf(error) !== 'VERSION_STALE') return;
        await queries.invalidateQueries();
        const now = queries.getQueryData(trpc.cluster.settings.queryKey());
        const felix = now?.objects.find((one) => one.object === object);
        if (now !== undefined && felix !== undefined) onStale({ version: now.version, seen: felix.seen });
      },
    }),
  );
  const fields = choice?.fields;
  return (
    <ReasonDialog
      key={`${choice?.choice} ${fields?.join()}`}
      open={choice !== null}
      onClose={() => {
        resolve.reset();
        onClose();
      }}
      title={`${choice?.verb ?? ''}: ${fields === undefined ? object : `${listed(fields)} of ${object}`}`}
      wide
      effects={
        <>
          <Effects effects={choice?.effects ?? []} />
          {choice !== null && <ChoiceEffect object={object} choice={choice} />}
        </>
      }
      verb={choice?.verb ?? ''}
      keep="Leave it as it is"
      danger={choice?.choice === 'ours'}
      pending={resolve.isPending}
      error={resolve.error}
      stale="The settings, here or in the cluster, were changed meanwhile. What stands above is already as it is now: look again, then decide."
      result={
        resolve.data === undefined ? null : (
          <>
            It is decided: <ChangeLink id={resolve.data.change.id} />.{moved && <Follows />}
          </>
        )
      }
      onSubmit={(reason) => {
        if (choice === null) return;
        setMoved(choice.moves);
        resolve.mutate({
          object,
          choice: choice.choice,
          ...(fields === undefined ? {} : { fields: [...fields] }),
          expectedVersion: shown.version,
          seen: shown.seen,
          reason,
        });
      }}
    />
  );
}

function ChoiceEffect({ object, choice }: { object: string; choice: SettingsChoice }) {
  const trpc = useTRPC();
  const { fields } = choice;
  const asked = { object, choice: choice.choice, ...(fields === undefined ? {} : { fields: [...fields] }) };
  const effect = useQuery(trpc.cluster.previewSettings.queryOptions(asked));
  return (
    <section aria-label="Effect on connections" className="mt-2 border-t border-line-faint pt-2">
      {effect.isError && <ErrorPanel error={effect.error} onRetry={() => void effect.refetch()} />}
      {effect.data !== undefined && <SettingsEffect effect={effect.data} />}
    </section>
  );
}
