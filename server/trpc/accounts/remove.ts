import { z } from 'zod';
import { accountSchema } from '../../services/access/account.ts';
import { removeAccount } from '../../services/access/accounts.ts';
import { logAccess } from '../access-log.ts';
import { adminSessionProcedure } from '../init.ts';

export const remove = adminSessionProcedure
  .input(z.strictObject({ id: z.string().max(100) }))
  .output(z.object({ account: accountSchema }))
  .mutation(async ({ ctx, input }) => {
    const account = await removeAccount(ctx.deps.db, input.id);
    logAccess(ctx, 'accounts.remove', account.email);
    return { account };
  });
