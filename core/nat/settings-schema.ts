/** Reads settings from anywhere. Apart from settings.ts, so that the agent, which reads them from the wire alone, needs no zod. */
import { z } from 'zod';
import { type ClusterSettings, exclusions, type NatSettings } from './settings.ts';

/** Shape and types alone; what must hold is in validate-settings.ts. */
export const natSettingsSchema = z.strictObject({
  natOutgoingExclusions: z.enum(exclusions).optional(),
  natOutgoingAddress: z.string().optional(),
  natOutgoingAddressV6: z.string().optional(),
  natPortRange: z.string().optional(),
  iptablesNATOutgoingInterfaceFilter: z.string().optional(),
}) satisfies z.ZodType<NatSettings>;

export const clusterSettingsSchema = z.strictObject({
  global: natSettingsSchema,
  nodes: z.record(z.string().min(1).max(253), natSettingsSchema),
}) satisfies z.ZodType<ClusterSettings>;
