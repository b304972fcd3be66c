import { z } from 'zod';
import { clusterSettingsSchema } from '../../../core/nat/settings-schema.ts';
import { nftablesWords } from '../../../core/nat/stops-felix.ts';
import { warningSchema } from '../../../core/pool/spec.ts';
import { getSettings } from '../../services/settings/settings.ts';
import { viewerProcedure } from '../init.ts';
import { noInput } from '../no-input.ts';

const nftablesMode = z.enum(nftablesWords);

export const settingsViewSchema = z.object({
  settings: clusterSettingsSchema,
  live: clusterSettingsSchema.nullable(),
  version: z.int(),
  lastChange: z.object({ id: z.int(), at: z.iso.datetime() }).nullable(),
  revision: z.string(),
  warnings: z.array(warningSchema),
  modes: z.object({ global: nftablesMode.optional(), nodes: z.record(z.string(), nftablesMode) }),
  from: z.enum(['desired', 'cluster']),
});

export const get = viewerProcedure
  .input(noInput)
  .output(settingsViewSchema)
  .query(({ ctx }) => getSettings(ctx.deps));
