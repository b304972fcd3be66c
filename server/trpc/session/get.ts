import { z } from 'zod';
import { noAccounts } from '../../services/access/account.ts';
import { roleSchema } from '../../services/actor.ts';
import { publicProcedure } from '../init.ts';

export const get = publicProcedure
  .output(
    z.object({
      user: z.object({ id: z.string(), name: z.string(), email: z.string(), role: roleSchema }).nullable(),
      /** there is no account: the setup link makes the first */
      setupNeeded: z.boolean(),
      /** real packets can be sent */
      lab: z.boolean(),
      version: z.string(),
    }),
  )
  .query(async ({ ctx: { deps, user } }) => ({
    user,
    setupNeeded: user === null && (await noAccounts(deps.db)),
    lab: deps.lab !== null,
    version: deps.version,
  }));
