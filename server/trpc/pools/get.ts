import { z } from 'zod';
import { changeSchema } from '../../services/changes/change-view.ts';
import { getPool } from '../../services/pools/get-pool.ts';
import { poolViewSchema } from '../../services/pools/pool-view.ts';
import { viewerProcedure } from '../init.ts';

export const get = viewerProcedure
  .input(z.strictObject({ name: z.string().max(253) }))
  .output(
    poolViewSchema.extend({
      yaml: z.string(),
      changes: z.array(changeSchema),
      revision: z.string(),
      desiredRevision: z.string(),
    }),
  )
  .query(({ ctx, input }) => getPool(ctx.deps, input.name));
