'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../components/button.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Field, Select, TextInput } from '../components/field.tsx';
import { Panel } from '../components/panel.tsx';
import { useTRPC } from '../trpc/client.ts';
import { issuesOf, type Role, roles, useRefresh } from './account-roles.ts';

const empty: { name: string; email: string; password: string; role: Role } = {
  name: '',
  email: '',
  password: '',
  role: 'viewer',
};

/** A form of one line; what the server refuses stands under its field. */
export function CreateAccount() {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const [draft, setDraft] = useState(empty);
  const create = useMutation(
    trpc.accounts.create.mutationOptions({
      onSuccess: async () => {
        setDraft(empty);
        await refresh();
      },
    }),
  );
  const issues = issuesOf(create.error);
  const wrong = (field: string): string[] =>
    issues.filter((issue) => issue.field === field).map(({ message }) => message);
  const set = (part: Partial<typeof draft>): void => setDraft({ ...draft, ...part });
  const refused =
    draft.name.trim() === '' || draft.email.trim() === '' || draft.password === ''
      ? 'Name, email and password must be filled in.'
      : create.isPending
        ? 'It is being made.'
        : undefined;
  return (
    <Panel title="New account">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (refused === undefined) create.mutate(draft);
        }}
      >
        <div className="flex flex-wrap items-start gap-3">
          <Field label="Name" errors={wrong('name')} className="w-48">
            <TextInput value={draft.name} onChange={(event) => set({ name: event.target.value })} />
          </Field>
          <Field label="Email" errors={wrong('email')} className="w-60">
            <TextInput type="email" value={draft.email} onChange={(event) => set({ email: event.target.value })} />
          </Field>
          <Field label="Password" errors={wrong('password')} hint="At least 12 characters" className="w-60">
            <TextInput
              type="password"
              autoComplete="new-password"
              value={draft.password}
              onChange={(event) => set({ password: event.target.value })}
            />
          </Field>
          <Field label="Role" hint={roles.find(({ role }) => role === draft.role)?.may} className="w-60">
            <Select
              value={draft.role}
              onChange={(event) =>
                set({ role: roles.find((each) => each.role === event.target.value)?.role ?? 'viewer' })
              }
            >
              {roles.map(({ role }) => (
                <option key={role}>{role}</option>
              ))}
            </Select>
          </Field>
        </div>
        {create.isError && issues.length === 0 && <ErrorPanel error={create.error} className="mt-3" />}
        <div className="mt-3 flex flex-wrap items-center gap-2">
          <Button look="primary" type="submit" refused={refused}>
            Make the account
          </Button>
          {refused !== undefined && <span className="text-xs text-ink-3">{refused}</span>}
          {create.isSuccess && draft === empty && (
            <span role="status" className="text-xs text-ink-2">
              {create.data.account.email} may sign in as {create.data.account.role}.
            </span>
          )}
        </div>
      </form>
    </Panel>
  );
}
