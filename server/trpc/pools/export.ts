import { z } from 'zod';
import { exportPools } from '../../services/pools/export-pools.ts';
import { viewerWork } from '../init.ts';

export const exportYaml = viewerWork
  .input(
    z
      .strictObject({
        names: z.array(z.string().max(253)).max(100_000).optional(),
        api: z.enum(['v3', 'v1']).optional(),
      })
      .optional(),
  )
  .output(z.object({ yaml: z.string() }))
  .query(({ ctx, input }) => exportPools(ctx.deps, { names: input?.names, api: input?.api ?? 'v3' }));
