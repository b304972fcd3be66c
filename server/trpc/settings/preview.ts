import { z } from 'zod';
import { previewSettings, settingsEffectSchema } from '../../services/settings/preview-settings.ts';
import { viewerWork } from '../init.ts';
import { settingsInput } from './update.ts';

/** What saving these settings would do to connections. */
export const preview = viewerWork
  .input(z.strictObject({ settings: settingsInput }))
  .output(settingsEffectSchema)
  .query(({ ctx, input }) => previewSettings(ctx.deps, input.settings));
