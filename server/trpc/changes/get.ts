import { z } from 'zod';
import { changeSchema } from '../../services/changes/change-view.ts';
import { getChange } from '../../services/changes/list-changes.ts';
import { refusedSchema } from '../../services/cluster/live-pools.ts';
import { viewerProcedure } from '../init.ts';

export const get = viewerProcedure
  .input(z.strictObject({ id: z.int().min(0) }))
  .output(
    changeSchema.extend({
      /** when each node first held it; before the change: the cluster said so already; null: not yet */
      nodeTimes: z.array(z.object({ node: z.string(), at: z.iso.datetime().nullable() })),
      /** pools about which somebody must decide before all of it is in the cluster */
      waitsFor: z.array(z.string()),
      /** pools that it deleted here and that the cluster has still; `refused`: how it refused the first of those that it refused; null: none */
      notGone: z.object({ names: z.array(z.string()), refused: refusedSchema.nullable() }).nullable(),
    }),
  )
  .query(({ ctx, input }) => getChange(ctx.deps, input.id));
