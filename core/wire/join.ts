/** POST /agent/v1/join: the join token is shown once and buys one node one credential. */
import { z } from 'zod';

export const joinRequestSchema = z.strictObject({
  token: z.string().min(1).max(200),
  node: z.string().min(1).max(253),
});
