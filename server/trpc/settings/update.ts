import { z } from 'zod';
import { clusterSettingsSchema } from '../../../core/nat/settings-schema.ts';
import { actorOf } from '../../services/actor.ts';
import { nodeNameSchema } from '../../services/agents/credential.ts';
import { changeSchema } from '../../services/changes/change-view.ts';
import { reasonSchema } from '../../services/reason.ts';
import { updateSettings } from '../../services/settings/settings.ts';
import { editorProcedure } from '../init.ts';
import { settingsViewSchema } from './get.ts';

/** More nodes than any cluster has: what is asked for one of them is looked at for each. */
const MOST_NODES = 20_000;

/** Before anything else is looked at: each of a million nodes may be wrong. */
const notTooMany = z.custom<z.input<typeof clusterSettingsSchema>>(
  (given) => {
    const nodes: unknown = Object(given).nodes;
    return typeof nodes !== 'object' || nodes === null || Object.keys(nodes).length <= MOST_NODES;
  },
  { path: ['nodes'], error: `must have settings of their own for at most ${MOST_NODES} nodes` },
);

/** Nodes are named like Kubernetes objects: settings under any other name would wait for a node that cannot come. */
export const settingsInput = notTooMany.pipe(
  clusterSettingsSchema.superRefine(({ nodes }, context) => {
    for (const name of Object.keys(nodes)) {
      const parsed = nodeNameSchema.safeParse(name);
      if (!parsed.success) {
        const message = `${parsed.error.issues[0]?.message}, not ${JSON.stringify(name)}`;
        context.addIssue({ code: 'custom', path: ['nodes', name], message });
      }
    }
  }),
);

export const update = editorProcedure
  .input(z.strictObject({ settings: settingsInput, expectedVersion: z.int(), reason: reasonSchema.optional() }))
  .output(settingsViewSchema.extend({ change: changeSchema }))
  .mutation(({ ctx, input }) => updateSettings(ctx.deps, actorOf(ctx.user), input));
