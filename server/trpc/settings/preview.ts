import { z } from 'zod';
import { previewSave } from '../../services/settings/preview-save.ts';
import { settingsEffectSchema } from '../../services/settings/preview-settings.ts';
import { viewerWork } from '../init.ts';
import { settingsInput } from './update.ts';

/** What saving these settings would do to connections. */
export const preview = viewerWork
  .input(z.strictObject({ settings: settingsInput }))
  .output(settingsEffectSchema)
  .query(({ ctx, input }) => previewSave(ctx.deps, input.settings, { mayWrite: ctx.user.role !== 'viewer' }));
