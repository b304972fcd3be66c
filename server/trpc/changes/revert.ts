import { z } from 'zod';
import { warningSchema } from '../../../core/pool/spec.ts';
import { actorOf } from '../../services/actor.ts';
import { changeSchema } from '../../services/changes/change-view.ts';
import { previewRevert as preview, revertChange } from '../../services/changes/revert-change.ts';
import { reasonSchema } from '../../services/reason.ts';
import { settingsEffectSchema } from '../../services/settings/preview-settings.ts';
import { editorWork, viewerWork } from '../init.ts';

const conflictSchema = z.object({
  target: z.string(),
  changes: z.array(z.object({ id: z.int(), at: z.iso.datetime(), actor: z.string(), action: z.string() })),
});

const previewSchema = z.object({
  revision: z.string(),
  diff: z.object({ before: z.string(), after: z.string() }),
  conflicts: z.array(conflictSchema),
});

export const previewRevert = viewerWork
  .input(z.strictObject({ id: z.int().min(0) }))
  .output(
    previewSchema.extend({
      effect: settingsEffectSchema.nullable(),
      warnings: z.array(warningSchema.extend({ pool: z.string() })),
    }),
  )
  .query(({ ctx, input }) => preview(ctx.deps, input.id));

export const revert = editorWork
  .input(z.strictObject({ id: z.int().min(0), reason: reasonSchema.optional(), dryRun: z.boolean().optional() }))
  .output(previewSchema.extend({ change: changeSchema.nullable() }))
  .mutation(({ ctx, input }) => revertChange(ctx.deps, actorOf(ctx.user), input));
