import { z } from 'zod';
import { actionSchema, changeSchema } from '../../services/changes/change-view.ts';
import { listChanges } from '../../services/changes/list-changes.ts';
import { viewerProcedure } from '../init.ts';

const inputSchema = z.strictObject({
  pool: z.string().max(253).optional(),
  actor: z.string().max(254).optional(),
  action: actionSchema.optional(),
  /** from this time on, and before that one */
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  search: z.string().max(253).optional(),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'cursor must be the nextCursor of another page')
    .optional(),
  limit: z.int().min(1).max(200).default(50),
});

export const list = viewerProcedure
  .input(inputSchema.optional())
  .output(z.object({ changes: z.array(changeSchema), nextCursor: z.string().nullable() }))
  .query(({ ctx, input = { limit: 50 } }) => {
    const { cursor, from, to, search, pool, actor, action, limit } = input;
    return listChanges(ctx.deps, {
      limit,
      ...(pool ? { pool } : {}),
      ...(actor ? { actor } : {}),
      ...(action ? { action } : {}),
      ...(search?.trim() ? { search: search.trim() } : {}),
      ...(from ? { from: new Date(from) } : {}),
      ...(to ? { to: new Date(to) } : {}),
      ...(cursor ? { before: Number(cursor) } : {}),
    });
  });
