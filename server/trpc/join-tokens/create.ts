import { z } from 'zod';
import { createJoinToken, joinTokenSchema, newJoinTokenSchema } from '../../services/access/join-tokens.ts';
import { logAccess } from '../access-log.ts';
import { adminSessionProcedure } from '../init.ts';

/** `token` is shown here and never again. */
export const create = adminSessionProcedure
  .input(newJoinTokenSchema)
  .output(z.object({ joinToken: joinTokenSchema, token: z.string() }))
  .mutation(async ({ ctx, input }) => {
    const created = await createJoinToken(ctx.deps.db, input, ctx.user.email, ctx.deps.now());
    logAccess(ctx, 'joinTokens.create', created.joinToken.name);
    return created;
  });
