import { z } from 'zod';
import { accountSchema, newAccountSchema } from '../../services/access/account.ts';
import { createAccount } from '../../services/access/accounts.ts';
import { roleSchema } from '../../services/actor.ts';
import { logAccess } from '../access-log.ts';
import { adminSessionProcedure } from '../init.ts';

export const create = adminSessionProcedure
  .input(newAccountSchema.extend({ role: roleSchema }))
  .output(z.object({ account: accountSchema }))
  .mutation(async ({ ctx, input: { role, ...account } }) => {
    const created = await createAccount(ctx.deps.db, account, role);
    logAccess(ctx, 'accounts.create', created.email);
    return { account: created };
  });
