import { z } from 'zod';
import { warningSchema } from '../../../core/pool/spec.ts';
import { actorOf } from '../../services/actor.ts';
import { changeSchema } from '../../services/changes/change-view.ts';
import { importPools, previewImport as preview } from '../../services/pools/import-pools.ts';
import { yamlSchema } from '../../services/pools/pool-input.ts';
import { reasonSchema } from '../../services/reason.ts';
import { editorWork, viewerWork } from '../init.ts';

const planSchema = z.object({
  created: z.array(z.string()),
  updated: z.array(z.string()),
  unchanged: z.array(z.string()),
  notes: z.array(z.string()),
  warnings: z.array(warningSchema.extend({ pool: z.string() })),
  revision: z.string(),
});

export const previewImport = viewerWork
  .input(z.strictObject({ yaml: yamlSchema }))
  .output(planSchema)
  .query(({ ctx, input }) => preview(ctx.deps, input.yaml, { mayWrite: ctx.user.role !== 'viewer' }));

export const importYaml = editorWork
  .input(z.strictObject({ yaml: yamlSchema, reason: reasonSchema.optional(), dryRun: z.boolean().optional() }))
  .output(planSchema.extend({ change: changeSchema.nullable() }))
  .mutation(({ ctx, input }) => importPools(ctx.deps, actorOf(ctx.user), input));
