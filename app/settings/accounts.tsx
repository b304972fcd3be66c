'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { AdminTable, RowError } from '../components/admin-table.tsx';
import { Day } from '../components/age.tsx';
import { Button } from '../components/button.tsx';
import { Select } from '../components/field.tsx';
import { Note } from '../components/note.tsx';
import { Td, Tr } from '../components/table.tsx';
import { Tag } from '../components/tag.tsx';
import { useRefusal, useSession } from '../shell/session.tsx';
import { useTRPC } from '../trpc/client.ts';
import { PasswordDialog, RemoveDialog } from './account-dialogs.tsx';
import { type Account, roles, useRefresh } from './account-roles.ts';
import { CreateAccount } from './create-account.tsx';

/** Who may sign in. A new password ends the sessions of the account; the last admin stays one. */
export function Accounts() {
  const trpc = useTRPC();
  const refused = useRefusal('admin');
  const accounts = useQuery(trpc.accounts.list.queryOptions(undefined, { enabled: refused === undefined }));
  const [open, setOpen] = useState<{ kind: 'password' | 'remove'; account: Account } | null>(null);
  if (refused !== undefined) return <Note>Accounts: {refused}</Note>;
  return (
    <div className="flex flex-col gap-3">
      <AdminTable
        title="Accounts"
        query={accounts}
        rows={accounts.data?.accounts}
        heads={['Name', 'Email', 'Role', 'Made']}
      >
        {(account) => <AccountRow key={account.id} account={account} onOpen={(kind) => setOpen({ kind, account })} />}
      </AdminTable>
      <CreateAccount />
      {open?.kind === 'password' && <PasswordDialog account={open.account} onClose={() => setOpen(null)} />}
      {open?.kind === 'remove' && <RemoveDialog account={open.account} onClose={() => setOpen(null)} />}
    </div>
  );
}

function AccountRow({ account, onOpen }: { account: Account; onOpen: (kind: 'password' | 'remove') => void }) {
  const trpc = useTRPC();
  const { user } = useSession();
  const refresh = useRefresh();
  const setRole = useMutation(trpc.accounts.setRole.mutationOptions({ onSettled: refresh }));
  const own = account.id === user.id;
  return (
    <>
      <Tr>
        <Td className="font-[550] text-ink-1">
          {account.name} {own && <Tag>you</Tag>}
        </Td>
        <Td label="Email">{account.email}</Td>
        <Td label="Role">
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
        <Td label="Made">
          <Day at={account.createdAt} />
        </Td>
        <Td>
          <span className="flex justify-end gap-2 narrow:justify-start">
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
      </Tr>
      <RowError error={setRole.error} columns={5} />
    </>
  );
}
