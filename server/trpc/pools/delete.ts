import { z } from 'zod';
import { actorOf } from '../../services/actor.ts';
import { changeSchema } from '../../services/changes/change-view.ts';
import { deletePool } from '../../services/pools/write-pool.ts';
import { reasonSchema } from '../../services/reason.ts';
import { editorProcedure } from '../init.ts';

/** `reason` is optional in the schema alone: without it the answer is REASON_REQUIRED, not a form error. */
export const remove = editorProcedure
  .input(z.strictObject({ name: z.string().max(253), expectedVersion: z.int(), reason: reasonSchema.optional() }))
  .output(z.object({ change: changeSchema, revision: z.string() }))
  .mutation(({ ctx, input }) => deletePool(ctx.deps, actorOf(ctx.user), input));
