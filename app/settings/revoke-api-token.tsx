'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { useTRPC } from '../trpc/client.ts';
import type { ApiToken } from './api-token.ts';

/** A revoked token stays revoked: its programs need another one. */
export function RevokeApiToken({ token: { id, name, owner }, onClose }: { token: ApiToken; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const revoke = useMutation(
    trpc.apiTokens.revoke.mutationOptions({
      onSuccess: async () => {
        onClose();
        await queries.invalidateQueries(trpc.apiTokens.list.queryFilter());
      },
    }),
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Revoke ${name}`}
      description={`It is a token of ${owner}. Programs that use it are refused from now on; it cannot be given back.`}
      footer={
        <>
          <Button look="ghost" onClick={onClose}>
            Keep it
          </Button>
          <Button
            look="danger"
            refused={revoke.isPending ? 'It is being revoked.' : undefined}
            onClick={() => revoke.mutate({ id })}
          >
            Revoke the token
          </Button>
        </>
      }
    >
      <p className="text-ink-2">Changes that it made stay in History under its name.</p>
      {revoke.isError && <ErrorPanel error={revoke.error} className="mt-3" />}
    </Dialog>
  );
}
