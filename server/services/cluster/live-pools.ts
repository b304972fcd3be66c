/** The pools that the cluster has, ours and others', with what they break and who decides about them. */
import { z } from 'zod';
import { heldBy, inForce, type LivePool, unreadableOf } from '../../../core/cluster/live-pool.ts';
import { facetsOf } from '../../../core/pool/defaults.ts';
import { facetsSchema, poolSpecSchema, violationSchema } from '../../../core/pool/spec.ts';
import { type Leaving, readLeaving } from '../../db/leaving.ts';
import { type HeldFast, readHeldFast } from '../../db/let-go.ts';
import { readLivePools } from '../../db/live.ts';
import { readPools } from '../../db/pools.ts';
import type { Deps } from '../deps.ts';
import { decidedBySchema, viewDecidedBy } from '../pools/decided-by.ts';
import { judgedPools } from './judged-pools.ts';

/** `managed`: in our database. `observed`: may be adopted. `foreign`: changed where it comes from. */
export const standings = ['managed', 'observed', 'foreign'] as const;

export const ownerClass = z.enum(['managed', 'hand', 'gitops', 'operator', 'applier']);

/** The cluster refuses to delete it: its words, and the right that is missing. */
export const refusedSchema = z.object({ message: z.string(), missing: z.string().nullable() });

export const livePoolViewSchema = z.object({
  name: z.string(),
  /** as Calico reads it, or read it last; null: Calico never could decode the object, and it decides nothing */
  spec: poolSpecSchema.nullable(),
  /** why Calico cannot read the object as it stands, so that it cannot be adopted, and whether nodes follow what it was before; null: Calico reads it */
  unreadable: z.object({ why: z.string(), followed: z.boolean() }).nullable(),
  /** null: it decides nothing */
  facets: facetsSchema.nullable(),
  /** of traffic from it, where pools of the cluster that share its addresses decide: `by` names the first 10 */
  decidedBy: decidedBySchema,
  standing: z.enum(standings),
  owner: z.string(),
  class: ownerClass,
  /** what the owner was told from */
  evidence: z.object({ field: z.string(), value: z.string() }).nullable(),
  /** managers that claim fields, the newest last */
  managers: z.array(z.string()),
  problems: z.array(z.object({ field: z.string(), message: z.string() })),
  violations: z.array(violationSchema),
  deleting: z.boolean(),
  /** what holds it there while it is being deleted, as far as that is known */
  finalizers: z.array(z.string()),
  /** it was deleted here, by that change, and is there still; null: it was not */
  deletion: z.object({ change: z.int(), refused: refusedSchema.nullable() }).nullable(),
  /** it is no longer decided here and stays there, and the cluster refuses to take our name from it: since when, in its words, and the right that is missing; null: no such thing */
  heldFast: z.object({ since: z.iso.datetime(), message: z.string(), missing: z.string().nullable() }).nullable(),
});
export type LivePoolView = z.infer<typeof livePoolViewSchema>;

/** Each of thousands may be decided by thousands. */
const MOST_NAMED = 10;

/** In the order of names. */
export async function listLivePools(deps: Deps): Promise<LivePoolView[]> {
  const [live, ours, heldFast, leaving] = await Promise.all([
    readLivePools(deps.db),
    readPools(deps.db),
    readHeldFast(deps.db),
    readLeaving(deps.db),
  ]);
  const managed = new Set(ours.map(({ name }) => name));
  const judged = judgedPools(
    deps.effective,
    live.flatMap(({ pool }) => pool ?? []),
  );
  return live.map((one) => ({
    name: one.name,
    spec: one.pool?.spec ?? null,
    unreadable: unreadableOf(one),
    facets: facetsIn(one),
    decidedBy: viewDecidedBy(judged.shared.get(one.name) ?? null, MOST_NAMED),
    standing: standingOf(one.ownership.class, managed.has(one.name)),
    owner: one.ownership.owner,
    class: one.ownership.class,
    evidence: one.ownership.evidence === null ? null : { ...one.ownership.evidence },
    managers: [...new Set(one.claims.map(({ manager }) => manager))],
    problems: one.problems.map((problem) => ({ ...problem })),
    violations: [...(judged.violations.get(one.name) ?? [])],
    deleting: one.deleting,
    finalizers: heldBy(one),
    deletion: viewDeletion(leaving.get(one.name)),
    heldFast: leaving.has(one.name) ? null : viewHeldFast(heldFast.get(one.name)),
  }));
}

function facetsIn(live: LivePool): LivePoolView['facets'] {
  const pool = inForce(live);
  return pool === null ? null : facetsOf(pool.spec);
}

const viewDeletion = (leaving: Leaving | undefined): LivePoolView['deletion'] =>
  leaving === undefined ? null : { change: leaving.change, refused: leaving.refused };

const viewHeldFast = (held: HeldFast | undefined): LivePoolView['heldFast'] =>
  held === undefined ? null : { ...held, since: held.since.toISOString() };

export function standingOf(owner: LivePool['ownership']['class'], inDatabase: boolean): (typeof standings)[number] {
  if (owner !== 'managed' && owner !== 'hand') return 'foreign';
  return inDatabase ? 'managed' : 'observed';
}
