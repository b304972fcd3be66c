import { z } from 'zod';
import { accountSchema, newAccountSchema } from '../../services/access/account.ts';
import { useSetup } from '../../services/access/setup.ts';
import { logAccess } from '../access-log.ts';
import { publicProcedure } from '../init.ts';

export const createAdmin = publicProcedure
  .input(newAccountSchema.extend({ token: z.string().max(200) }))
  .output(z.object({ account: accountSchema }))
  .mutation(async ({ ctx, input: { token, ...account } }) => {
    const created = await useSetup(ctx.deps.db, token, account);
    logAccess(ctx, 'setup.createAdmin', created.email);
    return { account: created };
  });
