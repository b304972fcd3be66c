import { z } from 'zod';
import { changeSchema } from '../../services/changes/change-view.ts';
import { getChange } from '../../services/changes/list-changes.ts';
import { refusedSchema } from '../../services/cluster/live-pools.ts';
import { viewerProcedure } from '../init.ts';

/** `refused`: how the cluster refused the first of those that it refused; `finalizers`: what holds them there, as far as that is known */
const notGoneSchema = z.object({
  names: z.array(z.string()),
  refused: refusedSchema.nullable(),
  finalizers: z.array(z.string()),
});

export const get = viewerProcedure
  .input(z.strictObject({ id: z.int().min(0) }))
  .output(
    changeSchema.extend({
      /** when each node first held it; before the change: the cluster said so already; null: not yet */
      nodeTimes: z.array(z.object({ node: z.string(), at: z.iso.datetime().nullable() })),
      /** pools about which somebody must decide before all of it is in the cluster */
      waitsFor: z.array(z.string()),
      /** FelixConfigurations of which the same is true */
      settingsWait: z.array(z.string()),
      /** pools of which the cluster refuses what is desired, and how it does so of the first of them; null: none */
      refused: refusedSchema.extend({ names: z.array(z.string()) }).nullable(),
      /** pools that it deleted here and that the cluster has still; null: none */
      notGone: notGoneSchema.nullable(),
      /** pools that it decides, and that are made when the object that was deleted here before is gone; null: none */
      goesFirst: notGoneSchema.nullable(),
      /** it waits for nothing but to be brought to the cluster */
      waitsForCluster: z.boolean(),
    }),
  )
  .query(({ ctx, input }) => getChange(ctx.deps, input.id));
