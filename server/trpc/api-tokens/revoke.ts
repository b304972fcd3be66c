import { z } from 'zod';
import { apiTokenSchema, revokeApiToken } from '../../services/access/api-tokens.ts';
import { logAccess } from '../access-log.ts';
import { viewerSessionProcedure } from '../init.ts';

/** One's own; an admin revokes anybody's. It holds from the token's next request on, and its live streams end. */
export const revoke = viewerSessionProcedure
  .input(z.strictObject({ id: z.string().max(100) }))
  .output(z.object({ apiToken: apiTokenSchema }))
  .mutation(async ({ ctx, input }) => {
    const apiToken = await revokeApiToken(ctx.deps.db, ctx.user, input.id);
    logAccess(ctx, 'apiTokens.revoke', `${apiToken.name} of ${apiToken.owner}`);
    return { apiToken };
  });
