import { z } from 'zod';
import { answerSchema, flowSchema } from '../../../core/nat/verdict.ts';
import { canonicalPool, poolInputSchema } from '../../services/pools/pool-input.ts';
import { simulateFlow } from '../../services/simulate/simulate-flow.ts';
import { viewerProcedure } from '../init.ts';

const truthAnswerSchema = answerSchema.extend({
  truth: z.enum(['desired', 'live', 'node']),
  node: z.string().nullable(),
  revision: z.string().nullable(),
  at: z.iso.datetime(),
  age: z.number(),
});

export const flow = viewerProcedure
  .input(
    flowSchema.extend({
      node: z.string().max(253).optional(),
      /** pools as if they were saved */
      draft: z.union([poolInputSchema, z.array(poolInputSchema).max(1000)]).optional(),
    }),
  )
  .output(z.object({ answers: z.array(truthAnswerSchema), host: z.string().nullable(), agree: z.boolean().nullable() }))
  .query(({ ctx, input: { node, draft, ...question } }) =>
    simulateFlow(ctx.deps, {
      flow: question,
      node,
      draft: draft === undefined ? undefined : [draft].flat().map(canonicalPool),
    }),
  );
