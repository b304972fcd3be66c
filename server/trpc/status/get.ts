import { z } from 'zod';
import { getStatus } from '../../services/overview/overview.ts';
import { viewerProcedure } from '../init.ts';
import { noInput } from '../no-input.ts';

export const get = viewerProcedure
  .input(noInput)
  .output(
    z.object({
      mode: z.enum(['standalone', 'cluster']),
      revision: z.string(),
      desiredRevision: z.string(),
      sequence: z.int(),
      savedAt: z.iso.datetime().nullable(),
      pools: z.int(),
      nodes: z.object({
        total: z.int(),
        programmed: z.int(),
        pending: z.int(),
        drifted: z.int(),
        stale: z.int(),
        failed: z.int(),
      }),
    }),
  )
  .query(({ ctx }) => getStatus(ctx.deps));
