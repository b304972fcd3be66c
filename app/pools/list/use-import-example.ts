import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTRPC } from '../../trpc/client.ts';

export function useImportExample() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mutation = useMutation(trpc.pools.import.mutationOptions({ onSettled: () => queryClient.invalidateQueries() }));
  return {
    save: (yaml: string) => mutation.mutate({ yaml, reason: 'documented example' }),
    error: mutation.error,
    pending: mutation.isPending,
  };
}
