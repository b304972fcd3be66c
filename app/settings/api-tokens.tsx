'use client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { AdminTable } from '../components/admin-table.tsx';
import { Age, Day } from '../components/age.tsx';
import { Button } from '../components/button.tsx';
import { Td, Tr } from '../components/table.tsx';
import { useTRPC } from '../trpc/client.ts';
import type { ApiToken } from './api-token.ts';
import { CreateApiToken } from './create-api-token.tsx';
import { RevokeApiToken } from './revoke-api-token.tsx';
import { Until } from './until.tsx';

/** What programs sign in with: everyone's own, and for an admin all. */
export function ApiTokens() {
  const trpc = useTRPC();
  const tokens = useQuery(trpc.apiTokens.list.queryOptions());
  const [leaving, setLeaving] = useState<ApiToken | null>(null);
  return (
    <div className="flex flex-col gap-3">
      <CreateApiToken />
      <AdminTable
        title="API tokens"
        query={tokens}
        rows={tokens.data?.apiTokens}
        heads={['Name', 'Role', 'Owner', 'Made', 'Holds until', 'Last used']}
        empty="No token was made yet. A program signs in with one."
      >
        {(token) => <TokenRow key={token.id} token={token} onRevoke={() => setLeaving(token)} />}
      </AdminTable>
      {leaving !== null && <RevokeApiToken token={leaving} onClose={() => setLeaving(null)} />}
    </div>
  );
}

function TokenRow({ token, onRevoke }: { token: ApiToken; onRevoke: () => void }) {
  return (
    <Tr>
      <Td className="font-[550] text-ink-1">{token.name}</Td>
      <Td label="Role">
        {token.effectiveRole}
        {token.effectiveRole !== token.role && <span className="text-ink-3">, made as {token.role}</span>}
      </Td>
      <Td label="Owner">{token.owner}</Td>
      <Td label="Made">
        <Day at={token.createdAt} />
      </Td>
      <Td label="Holds until">
        <Until token={token} />
      </Td>
      <Td label="Last used">
        {token.lastUsedAt === null ? <span className="text-ink-3">never</span> : <Age at={token.lastUsedAt} />}
      </Td>
      <Td className="text-right">
        {token.revokedAt === null && (
          <Button small look="danger" onClick={onRevoke}>
            Revoke <span className="sr-only">{token.name}</span>
          </Button>
        )}
      </Td>
    </Tr>
  );
}
