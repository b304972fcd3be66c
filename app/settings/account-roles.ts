import { useQueryClient } from '@tanstack/react-query';
import { isApiError, type Outputs, useTRPC } from '../trpc/client.ts';

export type Account = Outputs['accounts']['list']['accounts'][number];
export type Role = Account['role'];

export const roles: readonly { role: Role; may: string }[] = [
  { role: 'viewer', may: 'may look and ask' },
  { role: 'editor', may: 'may change pools and settings' },
  { role: 'admin', may: 'may also change accounts, tokens and nodes' },
];

/** Asks for the accounts again. */
export function useRefresh() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return () => queries.invalidateQueries(trpc.accounts.list.queryFilter());
}

/** What was wrong, by field; empty for an error of another kind. */
export const issuesOf = (error: unknown): readonly { field: string; message: string }[] =>
  isApiError(error) ? (error.data?.issues ?? []) : [];
