import { z } from 'zod';
import { clusterSettingsSchema } from '../../../core/nat/settings-schema.ts';
import { actorOf } from '../../services/actor.ts';
import { changeSchema } from '../../services/changes/change-view.ts';
import { reasonSchema } from '../../services/reason.ts';
import { updateSettings } from '../../services/settings/settings.ts';
import { editorProcedure } from '../init.ts';
import { settingsViewSchema } from './get.ts';

export const update = editorProcedure
  .input(z.strictObject({ settings: clusterSettingsSchema, expectedVersion: z.int(), reason: reasonSchema.optional() }))
  .output(settingsViewSchema.extend({ change: changeSchema }))
  .mutation(({ ctx, input }) => updateSettings(ctx.deps, actorOf(ctx.user), input));
