import { z } from 'zod';
import { accountSchema, passwordSchema } from '../../services/access/account.ts';
import { setPassword as set } from '../../services/access/accounts.ts';
import { logAccess } from '../access-log.ts';
import { adminSessionProcedure } from '../init.ts';

/** Every session of the account ends with it, the caller's own too if it is theirs. */
export const setPassword = adminSessionProcedure
  .input(z.strictObject({ id: z.string().max(100), password: passwordSchema }))
  .output(z.object({ account: accountSchema }))
  .mutation(async ({ ctx, input: { id, password } }) => {
    const account = await set(ctx.deps.db, id, password);
    logAccess(ctx, 'accounts.setPassword', account.email);
    return { account };
  });
