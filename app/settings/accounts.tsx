'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Day } from '../components/age.tsx';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Field, Select, TextInput } from '../components/field.tsx';
import { Loading } from '../components/loading.tsx';
import { Note } from '../components/note.tsx';
import { Panel } from '../components/panel.tsx';
import { Table, Td, Th } from '../components/table.tsx';
import { Tag } from '../components/tag.tsx';
import { useRefusal, useSession } from '../shell/session.tsx';
import { isApiError, type Outputs, useTRPC } from '../trpc/client.ts';

type Account = Outputs['accounts']['list']['accounts'][number];
type Role = Account['role'];

const roles: readonly { role: Role; may: string }[] = [
  { role: 'viewer', may: 'may look and ask' },
  { role: 'editor', may: 'may change pools and settings' },
  { role: 'admin', may: 'may also change accounts, tokens and nodes' },
];

/** Who may sign in. A new password ends the sessions of the account; the last admin stays one. */
export function Accounts() {
  const trpc = useTRPC();
  const refused = useRefusal('admin');
  const accounts = useQuery(trpc.accounts.list.queryOptions(undefined, { enabled: refused === undefined }));
  const [open, setOpen] = useState<{ kind: 'password' | 'remove'; account: Account } | null>(null);
  if (refused !== undefined) return <Note>Accounts: {refused}</Note>;
  return (
    <div className="flex flex-col gap-3">
      {accounts.isError && <ErrorPanel error={accounts.error} onRetry={() => void accounts.refetch()} />}
      {accounts.data === undefined && !accounts.isError && <Loading what="accounts" />}
      {accounts.data !== undefined && (
        <Panel title="Accounts" flush>
          <Table label="Accounts">
            <thead>
              <tr>
                <Th>Name</Th>
                <Th>Email</Th>
                <Th>Role</Th>
                <Th>Made</Th>
                <Th>
                  <span className="sr-only">Actions</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {accounts.data.accounts.map((account) => (
                <AccountRow key={account.id} account={account} onOpen={(kind) => setOpen({ kind, account })} />
              ))}
            </tbody>
          </Table>
        </Panel>
      )}
      <CreateAccount />
      {open?.kind === 'password' && <PasswordDialog account={open.account} onClose={() => setOpen(null)} />}
      {open?.kind === 'remove' && <RemoveDialog account={open.account} onClose={() => setOpen(null)} />}
    </div>
  );
}

function useRefresh() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return () => queries.invalidateQueries(trpc.accounts.list.queryFilter());
}

function AccountRow({ account, onOpen }: { account: Account; onOpen: (kind: 'password' | 'remove') => void }) {
  const trpc = useTRPC();
  const { user } = useSession();
  const refresh = useRefresh();
  const setRole = useMutation(trpc.accounts.setRole.mutationOptions({ onSettled: refresh }));
  const own = account.id === user.id;
  return (
    <>
      <tr>
        <Td className="font-[550] text-ink-1">
          {account.name} {own && <Tag>you</Tag>}
        </Td>
        <Td>{account.email}</Td>
        <Td>
          <Select
            aria-label={`Role of ${account.email}`}
            value={setRole.isPending ? setRole.variables.role : account.role}
            onChange={(event) => {
              const role = roles.find((each) => each.role === event.target.value)?.role;
              if (role !== undefined) setRole.mutate({ id: account.id, role });
            }}
            className="w-28!"
          >
            {roles.map(({ role }) => (
              <option key={role}>{role}</option>
            ))}
          </Select>
        </Td>
        <Td>
          <Day at={account.createdAt} />
        </Td>
        <Td>
          <span className="flex justify-end gap-2">
            <Button small onClick={() => onOpen('password')}>
              Set password <span className="sr-only">of {account.email}</span>
            </Button>
            <Button
              small
              look="danger"
              refused={own ? 'This is your own account: another admin may remove it.' : undefined}
              onClick={() => onOpen('remove')}
            >
              Remove <span className="sr-only">{account.email}</span>
            </Button>
          </span>
        </Td>
      </tr>
      {setRole.isError && (
        <tr>
          <Td colSpan={5} className="whitespace-normal!">
            <ErrorPanel error={setRole.error} className="my-1" />
          </Td>
        </tr>
      )}
    </>
  );
}

const empty: { name: string; email: string; password: string; role: Role } = {
  name: '',
  email: '',
  password: '',
  role: 'viewer',
};

function CreateAccount() {
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

function PasswordDialog({ account, onClose }: { account: Account; onClose: () => void }) {
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
      description="Every session of the account ends."
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

function RemoveDialog({ account, onClose }: { account: Account; onClose: () => void }) {
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
      description="Its sessions end at once. Its changes stay in History under its name."
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

const issuesOf = (error: unknown): readonly { field: string; message: string }[] =>
  isApiError(error) ? (error.data?.issues ?? []) : [];
