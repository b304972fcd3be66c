import { z } from 'zod';
import { answerSchema, flowSchema } from '../../../core/nat/verdict.ts';
import { canonicalPool, poolInputSchema } from '../../services/pools/pool-input.ts';
import { simulateFlow } from '../../services/simulate/simulate-flow.ts';
import { viewerWork } from '../init.ts';

const truthAnswerSchema = answerSchema.extend({
  truth: z.enum(['desired', 'live', 'node']),
  node: z.string().nullable(),
  revision: z.string().nullable(),
  at: z.iso.datetime(),
  age: z.number(),
});

const endSchema = z.object({
  name: z.string().nullable(),
  kind: z.enum(['pod', 'service', 'node', 'address']),
  node: z.string().nullable(),
  addresses: z.array(z.string()),
  hostNetwork: z.boolean(),
  service: z
    .object({
      type: z.string(),
      front: z.enum(['cluster-ip', 'external', 'node-port', 'headless']),
      port: z.string().nullable(),
      internalPolicy: z.string(),
      externalPolicy: z.string(),
    })
    .nullable(),
  at: z.iso.datetime().nullable(),
});

const backendSchema = z.object({
  pod: z.string().nullable(),
  address: z.string(),
  port: z.int().nullable(),
  node: z.string().nullable(),
  flow: flowSchema,
  answers: z.array(truthAnswerSchema),
  agree: z.boolean().nullable(),
});

const answersSchema = z.object({
  answers: z.array(truthAnswerSchema),
  host: z.string().nullable(),
  agree: z.boolean().nullable(),
  /** with a cluster: what the names stand for */
  named: z
    .object({ from: endSchema, to: endSchema, flow: flowSchema.nullable(), unknown: z.array(z.string()) })
    .optional(),
  backends: z.array(backendSchema).optional(),
  moreBackends: z.int().optional(),
});

/** `from` and `to` are addresses, `to` also with its port; with a cluster also names of it. */
export const flow = viewerWork
  .input(
    flowSchema.extend({
      node: z.string().max(253).optional(),
      /** pools as if they were saved */
      draft: z.union([poolInputSchema, z.array(poolInputSchema).max(1000)]).optional(),
    }),
  )
  .output(answersSchema)
  .query(({ ctx, input: { node, draft, ...question } }) =>
    simulateFlow(ctx.deps, {
      flow: question,
      node,
      draft: draft === undefined ? undefined : [draft].flat().map(canonicalPool),
    }),
  );
