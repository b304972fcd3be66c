import { z } from 'zod';
import { actorOf } from '../../services/actor.ts';
import { changeSchema } from '../../services/changes/change-view.ts';
import { importPools } from '../../services/pools/import-pools.ts';
import { yamlSchema } from '../../services/pools/pool-input.ts';
import { reasonSchema } from '../../services/reason.ts';
import { editorProcedure } from '../init.ts';

export const importYaml = editorProcedure
  .input(z.strictObject({ yaml: yamlSchema, reason: reasonSchema.optional(), dryRun: z.boolean().optional() }))
  .output(
    z.object({
      created: z.array(z.string()),
      updated: z.array(z.string()),
      unchanged: z.array(z.string()),
      notes: z.array(z.string()),
      change: changeSchema.nullable(),
      revision: z.string(),
    }),
  )
  .mutation(({ ctx, input }) => importPools(ctx.deps, actorOf(ctx.user), input));
