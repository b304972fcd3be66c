import { z } from 'zod';
import { endKinds } from '../../../core/names/read-end.ts';
import { completeName } from '../../services/simulate/complete-name.ts';
import { viewerProcedure } from '../init.ts';

const MOST = 50;

export const complete = viewerProcedure
  .input(
    z.strictObject({
      text: z.string().max(300),
      limit: z.int().min(1).max(MOST).default(12),
      /** by default all: nothing begins at a service */
      kinds: z.array(z.enum(endKinds)).min(1).max(3).optional(),
    }),
  )
  .output(
    z.object({
      suggestions: z.array(
        z.object({
          kind: z.enum(endKinds),
          value: z.string(),
          name: z.string(),
          namespace: z.string().nullable(),
          node: z.string().nullable(),
          addresses: z.array(z.string()),
          hostNetwork: z.boolean(),
        }),
      ),
      unknown: z.array(z.string()),
    }),
  )
  .query(({ ctx, input: { text, limit, kinds } }) => completeName(ctx.deps, text, limit, kinds ?? endKinds));
