import { z } from 'zod';
import { getSeries } from '../../services/overview/overview.ts';
import { viewerProcedure } from '../init.ts';

export const series = viewerProcedure
  .input(z.strictObject({ minutes: z.int().min(1).max(1440) }))
  .output(
    z.object({
      points: z.array(z.object({ at: z.iso.datetime(), v4: z.number(), v6: z.number() })),
      changes: z.array(z.object({ id: z.int(), at: z.iso.datetime(), action: z.string(), target: z.string() })),
    }),
  )
  .query(({ ctx, input }) => getSeries(ctx.deps, input.minutes));
