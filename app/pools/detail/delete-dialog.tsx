'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorPanel, reasonOf } from '../../components/error-panel.tsx';
import { Field, TextInput } from '../../components/field.tsx';
import { Note } from '../../components/note.tsx';
import { useRefusal } from '../../shell/session.tsx';
import { useTRPC } from '../../trpc/client.ts';
import { AddressesInUse } from './addresses-in-use.tsx';
import { DeletionEffect } from './deletion-effect.tsx';
import type { PoolDetail } from './pool-detail.ts';

/** What changes, for everybody; then, for who may, the typed name and the reason: it is deleted. */
export function DeleteDialog({ pool, open, onClose }: { pool: PoolDetail; open: boolean; onClose: () => void }) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Delete ${pool.name}?`}
      description={
        <>
          <span className="machine">{pool.spec.cidr}</span>, change #{pool.version}. History keeps it and can bring it
          back.
        </>
      }
    >
      <DeleteForm pool={pool} onClose={onClose} />
    </Dialog>
  );
}

function DeleteForm({ pool, onClose }: { pool: PoolDetail; onClose: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  // a change of any pool, here or in the cluster, asks again; nothing else can alter the answer
  const preview = useQuery(trpc.pools.previewDelete.queryOptions({ names: [pool.name] }, { refetchInterval: false }));
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const mutation = useMutation(
    trpc.pools.delete.mutationOptions({
      onSuccess: async () => {
        router.push('/pools');
        await queryClient.invalidateQueries();
      },
    }),
  );
  const stale = reasonOf(mutation.error) === 'VERSION_STALE';
  const notEditor = useRefusal('editor');
  const refused =
    notEditor ??
    (preview.data === undefined
      ? 'What changes must be known first.'
      : typed !== pool.name
        ? `Type ${pool.name} to delete it.`
        : reason.trim() === ''
          ? 'Give a reason.'
          : mutation.isPending
            ? 'It is being deleted.'
            : undefined);
  return (
    <form
      className="flex flex-col gap-3 wrap-anywhere"
      onSubmit={(event) => {
        event.preventDefault();
        if (refused === undefined)
          mutation.mutate({ name: pool.name, expectedVersion: pool.version, reason: reason.trim() });
      }}
    >
      <section aria-label="What changes" className="rounded-md border border-line bg-surface-2 px-3 py-2">
        <h3 className="text-xs font-medium text-ink-1">What changes</h3>
        <div className="mt-1 text-xs">
          {preview.data !== undefined && <DeletionEffect pool={pool} preview={preview.data} />}
          {preview.isPending && 'The server is being asked.'}
          {preview.isError && <ErrorPanel error={preview.error} onRetry={() => void preview.refetch()} />}
        </div>
      </section>
      {pool.sync !== null && <AddressesInUse name={pool.name} />}
      {notEditor === undefined && (
        <>
          <Field label={`Type the name, ${pool.name}`}>
            <TextInput machine value={typed} onChange={(event) => setTyped(event.target.value)} />
          </Field>
          <Field label="Reason" hint="Required; History keeps it.">
            <TextInput value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
          </Field>
        </>
      )}
      {stale ? (
        <Note kind="warning" role="alert">
          {pool.name} was changed meanwhile. What is shown above is already its new state: look again, then delete.
        </Note>
      ) : (
        mutation.error !== null && <ErrorPanel error={mutation.error} />
      )}
      <div className="flex flex-wrap items-center justify-end gap-2">
        {refused !== undefined && <span className="mr-auto text-xs text-ink-3">{refused}</span>}
        <Button onClick={onClose}>Keep it</Button>
        <Button type="submit" look="danger" refused={refused} className="max-w-full">
          <span className="truncate">Delete {pool.name}</span>
        </Button>
      </div>
    </form>
  );
}
