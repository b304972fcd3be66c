import { z } from 'zod';
import { flowSchema, natSourceSchema, verdictCodes, verdicts } from '../../../core/nat/verdict.ts';
import { simulateFlows } from '../../services/simulate/simulate-flows.ts';
import { viewerWork } from '../init.ts';

const MOST = 10_000;
const idSchema = z.union([z.string().max(200), z.number()]);

/** Ask by POST: ten thousand flows fit into no URL. It is a query all the same, and every viewer may ask it. */
export const flows = viewerWork
  .input(
    z.strictObject({
      flows: z
        .array(flowSchema.extend({ id: idSchema.optional() }))
        .max(MOST, `flows must be at most ${MOST.toLocaleString('en')}`),
    }),
  )
  .output(
    z.object({
      verdicts: z.array(
        z.object({
          id: idSchema.optional(),
          verdict: z.enum(verdicts).optional(),
          code: z.enum(verdictCodes).optional(),
          source: natSourceSchema.optional(),
          error: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
        }),
      ),
      revision: z.string(),
    }),
  )
  .query(({ ctx, input }) => simulateFlows(ctx.deps, input.flows));
