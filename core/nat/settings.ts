/** NAT settings, in the words of FelixConfiguration: the default for every node and what single nodes override. */
import { z } from 'zod';

export const exclusions = ['IPPoolsOnly', 'IPPoolsAndHostIPs'] as const;

/** One set of settings; an absent field falls back to the default (global, then Calico's). Rules: validate-settings.ts. */
export const natSettingsSchema = z.strictObject({
  natOutgoingExclusions: z.enum(exclusions).optional(),
  natOutgoingAddress: z.string().optional(),
  natOutgoingAddressV6: z.string().optional(),
  natPortRange: z.string().optional(),
  iptablesNATOutgoingInterfaceFilter: z.string().optional(),
});
export type NatSettings = z.infer<typeof natSettingsSchema>;

export const clusterSettingsSchema = z.strictObject({
  global: natSettingsSchema,
  nodes: z.record(z.string().min(1).max(253), natSettingsSchema),
});
export type ClusterSettings = z.infer<typeof clusterSettingsSchema>;

export const noSettings: ClusterSettings = { global: {}, nodes: {} };

/** What holds on one node: its own value, else the global one. */
export function settingsFor(settings: ClusterSettings, node: string | undefined): NatSettings {
  return node === undefined ? settings.global : { ...settings.global, ...settings.nodes[node] };
}
