import { z } from 'zod';
import { actorOf } from '../../services/actor.ts';
import { changeSchema } from '../../services/changes/change-view.ts';
import { poolInputSchema } from '../../services/pools/pool-input.ts';
import { poolViewSchema } from '../../services/pools/pool-view.ts';
import { updatePool } from '../../services/pools/write-pool.ts';
import { reasonSchema } from '../../services/reason.ts';
import { editorProcedure } from '../init.ts';

export const update = editorProcedure
  .input(
    poolInputSchema.extend({
      expectedVersion: z.int(),
      /**
       * the spec as it was shown: a released field that stands so still is left as the cluster has it by then. Without it another
       * value than such a field has is refused.
       */
      shown: poolInputSchema.shape.spec.optional(),
      reason: reasonSchema.optional(),
    }),
  )
  .output(z.object({ pool: poolViewSchema, change: changeSchema, revision: z.string() }))
  .mutation(({ ctx, input }) => updatePool(ctx.deps, actorOf(ctx.user), input));
