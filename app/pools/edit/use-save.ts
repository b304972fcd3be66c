import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Pool, poolSchema } from '../../../core/pool/spec.ts';
import { reasonOf } from '../../components/error-panel.tsx';
import { isApiError, useTRPC } from '../../trpc/client.ts';

export interface Current {
  pool: Pool;
  version: number;
}

/** Saves a draft; a conflict gives the pool as it is now instead of an error. */
export function useSave({
  onSaved,
  onConflict,
}: {
  onSaved: (name: string) => void;
  onConflict: (current: Current) => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const settled = {
    onSuccess: async ({ pool }: { pool: { name: string } }) => {
      onSaved(pool.name);
      await queryClient.invalidateQueries();
    },
    onError: (error: unknown) => {
      const current = reasonOf(error) === 'VERSION_STALE' ? currentOf(error) : null;
      if (current !== null) onConflict(current);
    },
  };
  const create = useMutation(trpc.pools.create.mutationOptions(settled));
  const update = useMutation(trpc.pools.update.mutationOptions(settled));
  const error = create.error ?? update.error;
  return {
    pending: create.isPending || update.isPending,
    /** a conflict is shown as one, not as an error */
    error: reasonOf(error) === 'VERSION_STALE' ? null : error,
    /** `base`: what was changed to this; null: a new pool */
    save({ pool, base, reason }: { pool: Pool; base: Current | null; reason: string }): void {
      create.reset();
      update.reset();
      const given = reason.trim() === '' ? {} : { reason: reason.trim() };
      if (base === null) create.mutate({ ...pool, ...given });
      else update.mutate({ ...pool, expectedVersion: base.version, shown: base.pool.spec, ...given });
    },
  };
}

function currentOf(error: unknown): Current | null {
  const current: unknown = isApiError(error) ? error.data?.current : null;
  if (typeof current !== 'object' || current === null) return null;
  const { name, spec, version } = current as Record<string, unknown>;
  const pool = poolSchema.safeParse({ name, spec });
  return pool.success && typeof version === 'number' ? { pool: pool.data, version } : null;
}
