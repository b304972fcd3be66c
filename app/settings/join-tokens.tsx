'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AdminTable, RowError } from '../components/admin-table.tsx';
import { Age, Day } from '../components/age.tsx';
import { Button } from '../components/button.tsx';
import { Code } from '../components/code.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Field, Select, TextInput } from '../components/field.tsx';
import { Note } from '../components/note.tsx';
import { Panel } from '../components/panel.tsx';
import { Td } from '../components/table.tsx';
import { useRefusal } from '../shell/session.tsx';
import { type Outputs, useTRPC } from '../trpc/client.ts';
import { joinCommand } from './join-command.ts';
import { Until } from './until.tsx';

type JoinToken = Outputs['joinTokens']['list']['joinTokens'][number];

const spans = [
  { value: '3600', label: 'One hour' },
  { value: '86400', label: 'One day' },
  { value: '604800', label: 'One week' },
  { value: '', label: 'Until it is revoked' },
] as const;

/** Tokens with which nodes join. A token is shown once; nodes that joined keep their own credential when it is revoked. */
export function JoinTokens() {
  const trpc = useTRPC();
  const refused = useRefusal('admin');
  const tokens = useQuery(trpc.joinTokens.list.queryOptions(undefined, { enabled: refused === undefined }));
  if (refused !== undefined) return <Note>Join tokens: {refused}</Note>;
  return (
    <div className="flex flex-col gap-3">
      <CreateToken />
      <AdminTable
        title="Join tokens"
        query={tokens}
        rows={tokens.data?.joinTokens}
        heads={['Name', 'Made', 'By', 'Holds until', '#Nodes joined', 'Last used']}
        empty="No token was made yet. A node joins with one."
      >
        {(token) => <TokenRow key={token.id} token={token} />}
      </AdminTable>
    </div>
  );
}

function TokenRow({ token }: { token: JoinToken }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const revoke = useMutation(
    trpc.joinTokens.revoke.mutationOptions({
      onSettled: () => queries.invalidateQueries(trpc.joinTokens.list.queryFilter()),
    }),
  );
  return (
    <>
      <tr>
        <Td className="font-[550] text-ink-1">{token.name}</Td>
        <Td>
          <Day at={token.createdAt} />
        </Td>
        <Td>{token.createdBy}</Td>
        <Td>
          <Until token={token} />
        </Td>
        <Td numeric>{token.uses.toLocaleString('en-US')}</Td>
        <Td>{token.lastUsedAt === null ? <span className="text-ink-3">never</span> : <Age at={token.lastUsedAt} />}</Td>
        <Td className="text-right">
          {token.revokedAt === null && (
            <Button
              small
              look="danger"
              refused={revoke.isPending ? 'It is being revoked.' : undefined}
              onClick={() => revoke.mutate({ id: token.id })}
            >
              Revoke {token.name}
            </Button>
          )}
        </Td>
      </tr>
      <RowError error={revoke.error} columns={7} />
    </>
  );
}

function CreateToken() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [span, setSpan] = useState<string>(spans[1].value);
  const create = useMutation(
    trpc.joinTokens.create.mutationOptions({
      onSuccess: async () => {
        setName('');
        await queries.invalidateQueries(trpc.joinTokens.list.queryFilter());
      },
    }),
  );
  const refused = name.trim() === '' ? 'The token needs a name.' : create.isPending ? 'It is being made.' : undefined;
  return (
    <Panel title="New join token">
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (refused !== undefined) return;
          const expiresAt = span === '' ? null : new Date(Date.now() + Number(span) * 1000).toISOString();
          create.mutate({ name: name.trim(), expiresAt });
        }}
      >
        <Field label="Name" className="w-60">
          <TextInput value={name} placeholder="What it is for" onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label="Holds for" className="w-44">
          <Select value={span} onChange={(event) => setSpan(event.target.value)}>
            {spans.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
        <Button look="primary" type="submit" refused={refused}>
          Make the token
        </Button>
        {refused !== undefined && <span className="pb-1.5 text-xs text-ink-3">{refused}</span>}
      </form>
      {create.isError && <ErrorPanel error={create.error} className="mt-3" />}
      {create.isSuccess && <Shown name={create.data.joinToken.name} token={create.data.token} onDone={create.reset} />}
    </Panel>
  );
}

function Shown({ name, token, onDone }: { name: string; token: string; onDone: () => void }) {
  const command = joinCommand(location.origin, token);
  return (
    <div role="status" className="mt-3 flex flex-col gap-2 border-t border-line-faint pt-3">
      <p>
        The token <b>{name}</b> is shown here once and never again. On the node, with the agent’s file in place:
      </p>
      <Code label="Command that joins a node" text={command} />
      <div className="flex flex-wrap gap-2">
        <CopyButton text={command} look="plain">
          Copy the command
        </CopyButton>
        <CopyButton text={token} look="plain">
          Copy the token alone
        </CopyButton>
        <Button small look="ghost" onClick={onDone}>
          I have it, hide it
        </Button>
      </div>
    </div>
  );
}
