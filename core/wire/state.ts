/** The effective state: everything that decides NAT on the nodes, and the messages that carry it to the agents. */
import { z } from 'zod';
import { clusterSettingsSchema } from '../nat/settings.ts';
import { poolSchema } from '../pool/spec.ts';

/**
 * `sequence` numbers the changes one after the other (0: nothing yet). `revision` is the hash of what the state says
 * (see revision.ts): equal revisions mean equal NAT. `hosts` are the nodes' own addresses, sorted, canonical.
 */
export const effectiveStateSchema = z.object({
  sequence: z.int().min(0),
  revision: z.string(),
  pools: z.array(poolSchema),
  settings: clusterSettingsSchema,
  hosts: z.array(z.string()),
});
export type EffectiveState = z.infer<typeof effectiveStateSchema>;

/** Server to agent, one JSON object a line on GET /agent/v1/stream. A delta applies to `from` alone. */
export const streamMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), state: effectiveStateSchema }),
  z.object({
    type: z.literal('delta'),
    from: z.int(),
    sequence: z.int(),
    revision: z.string(),
    upsert: z.array(poolSchema),
    remove: z.array(z.string()),
    settings: clusterSettingsSchema.optional(),
    hosts: z.array(z.string()).optional(),
  }),
  z.object({ type: z.literal('heartbeat') }),
]);
export type StreamMessage = z.infer<typeof streamMessageSchema>;

/** POST /agent/v1/join: the join token is shown once and buys one node one credential. */
export const joinRequestSchema = z.strictObject({
  token: z.string().min(1).max(200),
  node: z.string().min(1).max(253),
});
export const joinAnswerSchema = z.object({ node: z.string(), credential: z.string() });
