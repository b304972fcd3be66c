/** What a node is known to have: interfaces and routes in the kernel's order (the node FILE of the CLI). */
import { z } from 'zod';

export const nodeFactsSchema = z.object({
  name: z.string().min(1),
  interfaces: z.array(z.object({ name: z.string(), addresses: z.array(z.string()) })),
  routes: z.array(
    z.object({
      to: z.string(),
      via: z.string().nullable().default(null),
      dev: z.string(),
      src: z.string().nullable().default(null),
    }),
  ),
});
export type NodeFacts = z.infer<typeof nodeFactsSchema>;
