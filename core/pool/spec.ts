/** The IPPool spec as Calico's API has it (projectcalico.org/v3 and crd.projectcalico.org/v1 share it). */
import { z } from 'zod';
import {
  assignmentModes,
  encapsulations,
  LONGEST_CIDR,
  LONGEST_NAME,
  LONGEST_SELECTOR,
  MOST_USES,
  poolNameForm,
  uses,
} from './words.ts';

/** Shape and types alone; what must hold between fields is in rules.ts (C1-C17). Absent fields stay absent. */
export const poolSpecSchema = z.strictObject({
  cidr: z.string().max(LONGEST_CIDR),
  natOutgoing: z.boolean().optional(),
  disabled: z.boolean().optional(),
  blockSize: z.int().optional(),
  ipipMode: z.enum(encapsulations).optional(),
  vxlanMode: z.enum(encapsulations).optional(),
  nodeSelector: z.string().max(LONGEST_SELECTOR).optional(),
  namespaceSelector: z.string().max(LONGEST_SELECTOR).optional(),
  allowedUses: z
    .array(z.enum(uses))
    .max(MOST_USES)
    .refine((list) => new Set(list).size === list.length, 'not repeat a use')
    .optional(),
  disableBGPExport: z.boolean().optional(),
  assignmentMode: z.enum(assignmentModes).optional(),
});
export type PoolSpec = z.infer<typeof poolSpecSchema>;

export const poolNameSchema = z
  .string()
  .min(1, 'name must not be empty')
  .max(LONGEST_NAME, `name must be at most ${LONGEST_NAME} characters`)
  .regex(
    poolNameForm,
    "name must consist of lower case letters, digits, '-' and '.', and start and end with a letter or digit",
  );

export const poolSchema = z.strictObject({ name: poolNameSchema, spec: poolSpecSchema });
export type Pool = z.infer<typeof poolSchema>;

export const facetsSchema = z.object({ allocates: z.boolean(), nats: z.boolean(), exempt: z.boolean() });
/** The three independent facets: allocates addresses; traffic from it is NATed; traffic to it is exempt. */
export type Facets = z.infer<typeof facetsSchema>;

/** A rule that does not hold. `rule` is C1-C17, S1 or S2 for a selector, or `-` for a missing or unreadable CIDR. */
export const violationSchema = z.object({
  rule: z.string(),
  field: z.string(),
  message: z.string(),
  /** of the line that ends a cut list of overlaps: how many there are */
  inAll: z.int().optional(),
});
export type Violation = z.infer<typeof violationSchema>;

/**
 * Allowed, but worth a look: `W_LOOPBACK` and other ranges (warnings.ts), `W_FELIX_IPV6_POOL` (nat/stops-felix.ts),
 * `W_CLUSTER_REFUSES`, `W_CLUSTER_FIELD_HELD`, `W_CLUSTER_HAS_POOL` and `W_CLUSTER_POOL_GOES` (cluster/foresee-save.ts).
 */
export const warningSchema = z.object({ code: z.string(), field: z.string(), message: z.string() });
export type Warning = z.infer<typeof warningSchema>;
