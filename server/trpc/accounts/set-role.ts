import { z } from 'zod';
import { accountSchema } from '../../services/access/account.ts';
import { setRole as set } from '../../services/access/accounts.ts';
import { roleSchema } from '../../services/actor.ts';
import { logAccess } from '../access-log.ts';
import { adminSessionProcedure } from '../init.ts';

export const setRole = adminSessionProcedure
  .input(z.strictObject({ id: z.string().max(100), role: roleSchema }))
  .output(z.object({ account: accountSchema }))
  .mutation(async ({ ctx, input: { id, role } }) => {
    const account = await set(ctx.deps.db, id, role);
    logAccess(ctx, `accounts.setRole ${role}`, account.email);
    return { account };
  });
