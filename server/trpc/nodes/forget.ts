import { z } from 'zod';
import { forgetNode } from '../../services/agents/forget.ts';
import { logAccess } from '../access-log.ts';
import { adminProcedure } from '../init.ts';

export const forget = adminProcedure
  .input(z.strictObject({ name: z.string().max(253) }))
  .output(z.object({ name: z.string() }))
  .mutation(async ({ ctx, input: { name } }) => {
    await forgetNode(ctx.deps.db, name);
    logAccess(ctx, 'nodes.forget', name);
    return { name };
  });
