import { z } from 'zod';
import { clusterSettingsSchema } from '../../../core/nat/settings-schema.ts';
import { warningSchema } from '../../../core/pool/spec.ts';
import { getSettings } from '../../services/settings/settings.ts';
import { viewerProcedure } from '../init.ts';
import { noInput } from '../no-input.ts';

export const settingsViewSchema = z.object({
  settings: clusterSettingsSchema,
  version: z.int(),
  revision: z.string(),
  warnings: z.array(warningSchema),
  from: z.enum(['desired', 'cluster']),
});

export const get = viewerProcedure
  .input(noInput)
  .output(settingsViewSchema)
  .query(({ ctx }) => getSettings(ctx.deps));
