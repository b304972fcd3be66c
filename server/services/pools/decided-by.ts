/** As the API shows which pools decide what becomes of traffic from one that shares addresses with them. */
import { z } from 'zod';
import type { SharedSource } from '../../../core/nat/shared-source.ts';

/** `count` of them, of which `by` names the first; null: the pool's own field decides */
export const decidedBySchema = z
  .object({ nats: z.enum(['all', 'part', 'none']), by: z.array(z.string()), count: z.int() })
  .nullable();
export type DecidedBy = z.infer<typeof decidedBySchema>;

export const viewDecidedBy = (shared: SharedSource | null, mostNamed: number): DecidedBy =>
  shared && { nats: shared.nats, by: shared.by.slice(0, mostNamed), count: shared.by.length };
