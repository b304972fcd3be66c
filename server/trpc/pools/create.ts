import { z } from 'zod';
import { actorOf } from '../../services/actor.ts';
import { changeSchema } from '../../services/changes/change-view.ts';
import { poolInputSchema } from '../../services/pools/pool-input.ts';
import { poolViewSchema } from '../../services/pools/pool-view.ts';
import { createPool } from '../../services/pools/write-pool.ts';
import { reasonSchema } from '../../services/reason.ts';
import { editorProcedure } from '../init.ts';

export const create = editorProcedure
  .input(poolInputSchema.extend({ reason: reasonSchema.optional() }))
  .output(z.object({ pool: poolViewSchema, change: changeSchema, revision: z.string() }))
  .mutation(({ ctx, input }) => createPool(ctx.deps, actorOf(ctx.user), input));
