import { z } from 'zod';
import { joinTokenSchema, revokeJoinToken } from '../../services/access/join-tokens.ts';
import { logAccess } from '../access-log.ts';
import { adminSessionProcedure } from '../init.ts';

export const revoke = adminSessionProcedure
  .input(z.strictObject({ id: z.string().max(100) }))
  .output(z.object({ joinToken: joinTokenSchema }))
  .mutation(async ({ ctx, input }) => {
    const joinToken = await revokeJoinToken(ctx.deps.db, input.id);
    logAccess(ctx, 'joinTokens.revoke', joinToken.name);
    return { joinToken };
  });
