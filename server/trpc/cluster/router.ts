import { z } from 'zod';
import { syncPolicies } from '../../../core/cluster/sync-state.ts';
import { settingFields } from '../../../core/nat/settings.ts';
import { poolNameSchema } from '../../../core/pool/spec.ts';
import { actorOf } from '../../services/actor.ts';
import { changeSchema } from '../../services/changes/change-view.ts';
import { addressesInUse, addressesInUseSchema } from '../../services/cluster/addresses-in-use.ts';
import { adoptPools } from '../../services/cluster/adopt-pools.ts';
import { clusterViewSchema, getCluster, getRights, rightsViewSchema } from '../../services/cluster/cluster.ts';
import { comparePool, comparisonSchema } from '../../services/cluster/compare-pool.ts';
import { compareSettings, settingsComparisonSchema } from '../../services/cluster/compare-settings.ts';
import { followAsIs, goingSchema, previewFollow } from '../../services/cluster/follow-as-is.ts';
import { listLivePools, livePoolViewSchema } from '../../services/cluster/live-pools.ts';
import {
  MOST_AT_ONCE,
  madeAgainSchema,
  previewMadeAgain,
  resolveMadeAgain,
} from '../../services/cluster/made-again.ts';
import { ownTypes, ownTypesSchema } from '../../services/cluster/own-types.ts';
import { fieldChoices, fieldSchema } from '../../services/cluster/release-field.ts';
import { choiceSchema, choices, resolvePool, setPolicy } from '../../services/cluster/resolve-pool.ts';
import { previewResolution, resolveSettings } from '../../services/cluster/resolve-settings.ts';
import { reasonSchema } from '../../services/reason.ts';
import { settingsEffectSchema } from '../../services/settings/preview-settings.ts';
import { adminProcedure, editorProcedure, editorWork, router, viewerProcedure, viewerWork } from '../init.ts';
import { noInput } from '../no-input.ts';

const settingsChoice = z.strictObject({
  object: poolNameSchema,
  choice: choiceSchema,
  fields: z.array(z.enum(settingFields)).min(1).max(settingFields.length).optional(),
});
/** What was looked at when it was decided, and why it was. */
const decided = { expectedVersion: z.int(), seen: z.string().max(64).optional(), reason: reasonSchema.optional() };
const written = z.object({ change: changeSchema, revision: z.string() });

export const clusterRouter = router({
  get: viewerProcedure
    .input(noInput)
    .output(clusterViewSchema)
    .query(({ ctx }) => getCluster(ctx.deps)),
  rights: viewerProcedure
    .input(noInput)
    .output(rightsViewSchema)
    .query(({ ctx }) => getRights(ctx.deps)),
  ownTypes: viewerProcedure
    .input(noInput)
    .output(ownTypesSchema)
    .query(({ ctx }) => ownTypes(ctx.deps)),
  pools: viewerProcedure
    .input(noInput)
    .output(z.object({ pools: z.array(livePoolViewSchema) }))
    .query(async ({ ctx }) => ({ pools: await listLivePools(ctx.deps) })),
  compare: viewerProcedure
    .input(z.strictObject({ name: poolNameSchema }))
    .output(comparisonSchema)
    .query(({ ctx, input }) => comparePool(ctx.deps, input.name)),
  settings: viewerProcedure
    .input(noInput)
    .output(settingsComparisonSchema)
    .query(({ ctx }) => compareSettings(ctx.deps)),
  previewSettings: viewerWork
    .input(settingsChoice)
    .output(settingsEffectSchema)
    .query(({ ctx, input }) => previewResolution(ctx.deps, input)),
  resolveSettings: editorProcedure
    .input(settingsChoice.extend(decided))
    .output(written)
    .mutation(({ ctx, input }) => resolveSettings(ctx.deps, actorOf(ctx.user), input)),
  previewFollow: viewerProcedure
    .input(noInput)
    .output(goingSchema.nullable())
    .query(({ ctx }) => previewFollow(ctx.deps)),
  follow: adminProcedure
    .input(
      z.strictObject({
        since: z.int(),
        pools: z.array(poolNameSchema).max(100_000),
        settings: z.array(poolNameSchema).max(100_000),
        reason: reasonSchema.optional(),
      }),
    )
    .output(written)
    .mutation(({ ctx, input }) => followAsIs(ctx.deps, actorOf(ctx.user), input)),
  addressesInUse: viewerWork
    .input(z.strictObject({ name: poolNameSchema }))
    .output(addressesInUseSchema)
    .query(({ ctx, input }) => addressesInUse(ctx.deps, input.name)),
  adopt: editorProcedure
    .input(z.strictObject({ names: z.array(poolNameSchema).min(1).max(10_000), reason: reasonSchema.optional() }))
    .output(written)
    .mutation(({ ctx, input }) => adoptPools(ctx.deps, actorOf(ctx.user), input)),
  resolve: editorProcedure
    .input(
      z.strictObject({
        name: poolNameSchema,
        choice: z.enum([...choices, ...fieldChoices]),
        field: fieldSchema.optional(),
        ...decided,
      }),
    )
    .output(written)
    .mutation(({ ctx, input }) => resolvePool(ctx.deps, actorOf(ctx.user), input)),
  previewMadeAgain: viewerWork
    .input(noInput)
    .output(madeAgainSchema)
    .query(({ ctx }) => previewMadeAgain(ctx.deps)),
  resolveMadeAgain: editorWork
    .input(
      z.strictObject({
        choice: z.enum(['theirs', 'ours']),
        pools: z
          .array(z.strictObject({ name: poolNameSchema, version: z.int(), seen: z.string().max(64) }))
          .min(1)
          .max(MOST_AT_ONCE),
        reason: reasonSchema.optional(),
      }),
    )
    .output(written.extend({ first: z.int() }))
    .mutation(({ ctx, input }) => resolveMadeAgain(ctx.deps, actorOf(ctx.user), input)),
  setPolicy: editorProcedure
    .input(
      z.strictObject({
        name: poolNameSchema,
        policy: z.enum(syncPolicies),
        expectedVersion: z.int(),
        reason: reasonSchema.optional(),
      }),
    )
    .output(written)
    .mutation(({ ctx, input }) => setPolicy(ctx.deps, actorOf(ctx.user), input)),
});
