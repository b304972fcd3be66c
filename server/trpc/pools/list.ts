import { z } from 'zod';
import { listPools } from '../../services/pools/list-pools.ts';
import { poolViewSchema } from '../../services/pools/pool-view.ts';
import { viewerProcedure } from '../init.ts';

export const list = viewerProcedure
  .input(
    z
      .strictObject({
        search: z.string().max(253).optional(),
        cursor: z.string().max(253).optional(),
        limit: z.int().min(1).max(1000).default(100),
      })
      .prefault({}),
  )
  .output(
    z.object({
      pools: z.array(poolViewSchema),
      total: z.int(),
      revision: z.string(),
      desiredRevision: z.string(),
      nextCursor: z.string().nullable(),
    }),
  )
  .query(({ ctx, input }) => listPools(ctx.deps, input));
