'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Field, TextInput } from '../components/field.tsx';
import { useTRPC } from '../trpc/client.ts';
import { type Account, issuesOf, useRefresh } from './account-roles.ts';

/** A new password ends the sessions of the account. */
export function PasswordDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const trpc = useTRPC();
  const [password, setPassword] = useState('');
  const save = useMutation(trpc.accounts.setPassword.mutationOptions({ onSuccess: onClose }));
  const issues = issuesOf(save.error);
  const refused =
    password === '' ? 'The password must be filled in.' : save.isPending ? 'It is being saved.' : undefined;
  const run = (): void => {
    if (refused === undefined) save.mutate({ id: account.id, password });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Set the password of ${account.email}`}
      description="Every session of the account ends. Its API tokens stay: revoke them under API tokens."
      footer={
        <>
          <Button look="ghost" onClick={onClose}>
            Keep the old one
          </Button>
          <Button look="primary" refused={refused} onClick={run}>
            Set the password
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <Field label="New password" hint="At least 12 characters" errors={issues.map(({ message }) => message)}>
          <TextInput
            type="password"
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
      </form>
      {save.isError && issues.length === 0 && <ErrorPanel error={save.error} className="mt-3" />}
    </Dialog>
  );
}

/** A removed account cannot sign in; its changes stay in History. */
export function RemoveDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const [typed, setTyped] = useState('');
  const remove = useMutation(
    trpc.accounts.remove.mutationOptions({
      onSuccess: async () => {
        onClose();
        await refresh();
      },
    }),
  );
  const refused =
    typed !== account.email
      ? `Type ${account.email} to remove it.`
      : remove.isPending
        ? 'It is being removed.'
        : undefined;
  const run = (): void => {
    if (refused === undefined) remove.mutate({ id: account.id });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Remove ${account.email}`}
      description="Its sessions and API tokens end at once. Its changes stay in History under its name."
      footer={
        <>
          <Button look="ghost" onClick={onClose}>
            Keep it
          </Button>
          <Button look="danger" refused={refused} onClick={run}>
            Remove the account
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <Field label={`Type ${account.email}`} hint={refused}>
          <TextInput value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
      </form>
      {remove.isError && <ErrorPanel error={remove.error} className="mt-3" />}
    </Dialog>
  );
}
