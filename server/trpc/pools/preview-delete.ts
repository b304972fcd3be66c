import { z } from 'zod';
import { previewDelete as preview } from '../../services/pools/preview-delete.ts';
import { viewerWork } from '../init.ts';

const becomes = z.enum(['deleted', 'disowned', 'kept']);
const judgement = z.enum(['SNAT', 'NO_SNAT']);

const changes = z.array(
  z.object({
    family: z.literal([4, 6]),
    from: z.array(z.string()),
    to: z.array(z.string()),
    before: judgement,
    after: judgement,
    pools: z.array(z.string()),
  }),
);

/** The exact difference in behaviour, in the form of `outgate diff`; nodes whose own settings make another one stand apart. */
export const previewDelete = viewerWork
  .input(z.strictObject({ names: z.array(z.string().max(253)).min(1).max(1000) }))
  .output(
    z.object({
      revision: z.string(),
      equal: z.boolean(),
      changes,
      onNodes: z.array(z.object({ nodes: z.array(z.string()), changes })),
      inCluster: z.array(
        z.object({ name: z.string(), becomes, managers: z.array(z.string()), finalizers: z.array(z.string()) }),
      ),
    }),
  )
  .query(({ ctx, input }) => preview(ctx.deps, input.names));
