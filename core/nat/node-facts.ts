/** What a node is known to have: interfaces and routes in the kernel's order (the node FILE of the CLI). */
import { z } from 'zod';
import { listOf } from './list-of.ts';

export const nodeFactsSchema = z.object({
  name: z.string().min(1),
  interfaces: listOf(z.object({ name: z.string(), addresses: listOf(z.string()) })),
  routes: listOf(
    z.object({
      to: z.string(),
      via: z.string().nullable().default(null),
      dev: z.string(),
      src: z.string().nullable().default(null),
    }),
  ),
});
export type NodeFacts = z.infer<typeof nodeFactsSchema>;
