import { z } from 'zod';
import { accountSchema } from '../../services/access/account.ts';
import { listAccounts } from '../../services/access/accounts.ts';
import { adminProcedure } from '../init.ts';

export const list = adminProcedure
  .output(z.object({ accounts: z.array(accountSchema) }))
  .query(async ({ ctx }) => ({ accounts: await listAccounts(ctx.deps.db) }));
