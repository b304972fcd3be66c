import { z } from 'zod';
import { listNodes, nodeViewSchema } from '../../services/nodes/nodes.ts';
import { viewerProcedure } from '../init.ts';
import { noInput } from '../no-input.ts';

export const list = viewerProcedure
  .input(noInput)
  .output(z.object({ nodes: z.array(nodeViewSchema), revision: z.string() }))
  .query(({ ctx }) => listNodes(ctx.deps));
