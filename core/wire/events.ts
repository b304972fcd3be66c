/** Live events to the browser: they say what changed, never what it became; the browser asks again. */
import { z } from 'zod';

export const liveEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('change'), sequence: z.int() }),
  z.object({ kind: z.literal('node'), node: z.string() }),
  /** nodes came, went or say something else; which ones is not known */
  z.object({ kind: z.literal('nodes') }),
  z.object({ kind: z.literal('access') }),
  /** what the cluster says, or how pools stand there */
  z.object({ kind: z.literal('cluster') }),
  /** how the cluster is heard; nothing that it says */
  z.object({ kind: z.literal('watch') }),
  /** more was missed than can be replayed: ask for everything again */
  z.object({ kind: z.literal('reset') }),
]);
export type LiveEvent = z.infer<typeof liveEventSchema>;
