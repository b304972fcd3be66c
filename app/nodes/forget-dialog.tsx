'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Field, TextInput } from '../components/field.tsx';
import { useTRPC } from '../trpc/client.ts';

/** Takes a node's credential and what is known of it; its name must be typed. */
export function ForgetDialog({ name, open, onClose }: { name: string; open: boolean; onClose: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const forget = useMutation(
    trpc.nodes.forget.mutationOptions({
      onSuccess: async () => {
        router.push('/nodes');
        await queries.invalidateQueries(trpc.nodes.list.queryFilter());
      },
    }),
  );
  const refused =
    typed !== name ? `Type ${name} to forget it.` : forget.isPending ? 'It is being forgotten.' : undefined;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Forget ${name}`}
      description="Its credential ends, and its reports and times in History go. Rules in its kernel stay as they are: stop the agent there with --cleanup to remove them. To come back it must join again."
      footer={
        <>
          <Button look="ghost" onClick={onClose}>
            Keep it
          </Button>
          <Button look="danger" refused={refused} onClick={() => forget.mutate({ name })}>
            Forget {name}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (refused === undefined) forget.mutate({ name });
        }}
      >
        <Field label={`Type ${name}`} hint={refused}>
          <TextInput machine value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
      </form>
      {forget.isError && <ErrorPanel error={forget.error} className="mt-3" />}
    </Dialog>
  );
}
