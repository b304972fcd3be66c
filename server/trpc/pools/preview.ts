import { z } from 'zod';
import { violationSchema, warningSchema } from '../../../core/pool/spec.ts';
import { poolInputSchema, yamlSchema } from '../../services/pools/pool-input.ts';
import { previewPools } from '../../services/pools/preview-pools.ts';
import { viewerWork } from '../init.ts';

/** Not a union: its errors would not say which field of which form is wrong. */
const inputSchema = z
  .strictObject({ yaml: yamlSchema.optional(), ...poolInputSchema.partial().shape })
  .transform(({ yaml, name, spec }, context) => {
    if (yaml !== undefined && name === undefined && spec === undefined) return { yaml };
    if (yaml === undefined && name !== undefined && spec !== undefined) return { name, spec };
    context.addIssue({ code: 'custom', message: 'input must have either yaml, or name and spec', path: [] });
    return z.NEVER;
  });

export const preview = viewerWork
  .input(inputSchema)
  .output(
    z.object({
      violations: z.array(
        violationSchema.extend({ pool: z.string().optional(), ofOthers: z.literal(true).optional() }),
      ),
      warnings: z.array(warningSchema.extend({ pool: z.string().optional() })),
      diff: z.object({ before: z.string(), after: z.string() }),
    }),
  )
  .query(({ ctx, input }) => previewPools(ctx.deps, input, { mayWrite: ctx.user.role !== 'viewer' }));
