import { z } from 'zod';
import { joinTokenSchema, listJoinTokens } from '../../services/access/join-tokens.ts';
import { adminProcedure } from '../init.ts';

export const list = adminProcedure
  .output(z.object({ joinTokens: z.array(joinTokenSchema) }))
  .query(async ({ ctx }) => ({ joinTokens: await listJoinTokens(ctx.deps.db) }));
