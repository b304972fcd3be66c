import { z } from 'zod';
import { actorOf } from '../../services/actor.ts';
import { changeSchema } from '../../services/changes/change-view.ts';
import { revertChange } from '../../services/changes/revert-change.ts';
import { reasonSchema } from '../../services/reason.ts';
import { editorProcedure } from '../init.ts';

const conflictSchema = z.object({
  target: z.string(),
  changes: z.array(z.object({ id: z.int(), at: z.iso.datetime(), actor: z.string(), action: z.string() })),
});

export const revert = editorProcedure
  .input(z.strictObject({ id: z.int().min(0), reason: reasonSchema.optional(), dryRun: z.boolean().optional() }))
  .output(
    z.object({
      change: changeSchema.nullable(),
      revision: z.string(),
      diff: z.object({ before: z.string(), after: z.string() }),
      conflicts: z.array(conflictSchema),
    }),
  )
  .mutation(({ ctx, input }) => revertChange(ctx.deps, actorOf(ctx.user), input));
