import { z } from 'zod';
import { getNode, nodeDetailSchema } from '../../services/nodes/nodes.ts';
import { viewerProcedure } from '../init.ts';

export const get = viewerProcedure
  .input(z.strictObject({ name: z.string().max(253) }))
  .output(nodeDetailSchema)
  .query(({ ctx, input }) => getNode(ctx.deps, input.name));
