/** A change as the API shows it. */
import { z } from 'zod';
import { clusterSettingsSchema } from '../../../core/nat/settings-schema.ts';
import { poolSpecSchema } from '../../../core/pool/spec.ts';

export const actions = [
  'pool.create',
  'pool.update',
  'pool.delete',
  'pool.import',
  'pool.adopt',
  'pool.force',
  'pool.release',
  'pool.release-field',
  'pool.decide-field',
  'pool.policy',
  'pool.enforce',
  'settings.update',
  'settings.force',
  'hosts.update',
  'cluster.change',
  'cluster.follow',
] as const;
export const actionSchema = z.enum(actions);
export type Action = z.infer<typeof actionSchema>;

const takenSchema = z.object({ field: z.string(), managers: z.array(z.string()) });
/**
 * before a use of force: the fields that the cluster had otherwise, and who held each; before a change of a pool that its policy
 * `enforce` brings there, or writes back: those that somebody held
 */
const taken = z.array(takenSchema).optional();

/** before a change that lets fields go, or decides them here again */
const fields = z.array(z.string()).optional();

const namedSpecSchema = z.object({
  name: z.string(),
  spec: poolSpecSchema,
  taken,
  letGo: fields,
  takenBack: fields,
  /** before a change that takes what the cluster has: the fields in which that was something else; none where it has no pool any more */
  theirs: fields,
  /** before a release of a pool that the cluster does not have, and before one is tried again that was never made there */
  absent: z.boolean().optional(),
  /** before a release of a pool that is being deleted in the cluster */
  deleting: z.boolean().optional(),
  /** before a change of the policy */
  policy: z.object({ from: z.string(), to: z.string() }).optional(),
});
/** One pool, the pools of an import, all settings, or the nodes' addresses. */
export const contentSchema = z.union([
  namedSpecSchema,
  z.array(namedSpecSchema),
  clusterSettingsSchema.extend({ taken, theirs: fields, letGo: fields }),
  z.object({ hosts: z.array(z.string()) }),
]);
export type Content = z.infer<typeof contentSchema>;

export const changeSchema = z.object({
  id: z.int(),
  at: z.iso.datetime(),
  actor: z.string(),
  role: z.string(),
  action: actionSchema,
  target: z.string(),
  reason: z.string().nullable(),
  revision: z.string(),
  /** null: did not exist, or could not be read; in a list also null for what is more than 100 pools (`changes.get` has them), where something moved */
  before: contentSchema.nullable(),
  after: contentSchema.nullable(),
  /** how many pools it touched; 0 for settings */
  pools: z.int(),
  /** how many of the nodes that follow it hold it; with a cluster its nodes count, and no other (db/nodes.ts) */
  nodes: z.object({ holding: z.int(), total: z.int() }),
  /**
   * Why it did nothing, and no node ever holds it: of a use of force what had moved since it was decided, and by whom, or which change
   * came before it; of another change that the cluster never had it, nor has to
   */
  didNothing: z.string().nullable(),
});
export type ChangeView = z.infer<typeof changeSchema>;
