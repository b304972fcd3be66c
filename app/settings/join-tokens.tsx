'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { AdminTable, RowError } from '../components/admin-table.tsx';
import { Age, Day } from '../components/age.tsx';
import { Button } from '../components/button.tsx';
import { Note } from '../components/note.tsx';
import { Td, Tr } from '../components/table.tsx';
import { useRefusal } from '../shell/session.tsx';
import { type Outputs, useTRPC } from '../trpc/client.ts';
import { joinCommand } from './join-command.ts';
import { NewToken } from './new-token.tsx';
import { Until } from './until.tsx';

type JoinToken = Outputs['joinTokens']['list']['joinTokens'][number];

const usual = { label: 'One day', hours: 24 };
const spans = [
  { label: 'One hour', hours: 1 },
  usual,
  { label: 'One week', hours: 7 * 24 },
  { label: 'Until it is revoked', hours: null },
];
const firstUse = {
  where: 'On the node, with the agent’s file in place:',
  label: 'Command that joins a node',
  command: joinCommand,
};

/** Tokens with which nodes join. A token is shown once; nodes that joined keep their own credential when it is revoked. */
export function JoinTokens() {
  const trpc = useTRPC();
  const refused = useRefusal('admin');
  const tokens = useQuery(trpc.joinTokens.list.queryOptions(undefined, { enabled: refused === undefined }));
  if (refused !== undefined) return <Note>Join tokens: {refused}</Note>;
  return (
    <div className="flex flex-col gap-3">
      <CreateJoinToken />
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
      <Tr>
        <Td className="font-[550] text-ink-1">{token.name}</Td>
        <Td label="Made">
          <Day at={token.createdAt} />
        </Td>
        <Td label="By">{token.createdBy}</Td>
        <Td label="Holds until">
          <Until token={token} />
        </Td>
        <Td numeric label="Nodes joined">
          {token.uses.toLocaleString('en-US')}
        </Td>
        <Td label="Last used">
          {token.lastUsedAt === null ? <span className="text-ink-3">never</span> : <Age at={token.lastUsedAt} />}
        </Td>
        <Td className="text-right">
          {token.revokedAt === null && (
            <Button
              small
              look="danger"
              refused={revoke.isPending ? 'It is being revoked.' : undefined}
              onClick={() => revoke.mutate({ id: token.id })}
            >
              Revoke <span className="sr-only">{token.name}</span>
            </Button>
          )}
        </Td>
      </Tr>
      <RowError error={revoke.error} columns={7} />
    </>
  );
}

function CreateJoinToken() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const create = useMutation(
    trpc.joinTokens.create.mutationOptions({
      onSuccess: () => queries.invalidateQueries(trpc.joinTokens.list.queryFilter()),
    }),
  );
  return (
    <NewToken
      title="New join token"
      spans={spans}
      usual={usual}
      making={create}
      made={create.isSuccess ? { name: create.data.joinToken.name, token: create.data.token } : undefined}
      firstUse={firstUse}
      onMake={create.mutate}
    />
  );
}
