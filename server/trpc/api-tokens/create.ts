import { z } from 'zod';
import { apiTokenSchema, createApiToken, newApiTokenSchema } from '../../services/access/api-tokens.ts';
import { logAccess } from '../access-log.ts';
import { viewerSessionProcedure } from '../init.ts';

/** For the caller's own account. `token` is shown here and never again. */
export const create = viewerSessionProcedure
  .input(newApiTokenSchema)
  .output(z.object({ apiToken: apiTokenSchema, token: z.string() }))
  .mutation(async ({ ctx, input }) => {
    const created = await createApiToken(ctx.deps.db, ctx.user, input, ctx.deps.now());
    logAccess(ctx, `apiTokens.create ${created.apiToken.role}`, created.apiToken.name);
    return created;
  });
