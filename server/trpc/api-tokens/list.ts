import { z } from 'zod';
import { apiTokenSchema, listApiTokens } from '../../services/access/api-tokens.ts';
import { viewerProcedure } from '../init.ts';
import { noInput } from '../no-input.ts';

/** The caller's own; an admin sees all. */
export const list = viewerProcedure
  .input(noInput)
  .output(z.object({ apiTokens: z.array(apiTokenSchema) }))
  .query(async ({ ctx }) => ({ apiTokens: await listApiTokens(ctx.deps.db, ctx.user) }));
