/** What an agent reports: the kernel as it was read back. Also the JSON of `agent --once` on stdout. */
import { z } from 'zod';
import { nodeFactsSchema } from '../nat/node-facts.ts';
import { LONGEST_MESSAGE, MOST_CONDITIONS } from './limits.ts';
import { nodeReasons } from './reasons.ts';

/** Packet and byte counters of 64 bits: numbers, or decimal strings above 2^53. */
export const counterSchema = z.union([z.int().min(0), z.string().regex(/^\d{1,20}$/)]);

export const reportedRuleSchema = z.object({
  chain: z.string(),
  text: z.string(),
  /** the 16 characters of our comment, empty for a rule without one */
  hash: z.string(),
  packets: counterSchema,
  bytes: counterSchema,
});
export const reportedSetSchema = z.object({
  name: z.string(),
  members: z.array(z.object({ cidr: z.string(), packets: counterSchema, bytes: counterSchema })),
});
export const reportedFamilySchema = z.object({
  rules: z.array(reportedRuleSchema),
  sets: z.array(reportedSetSchema),
});
export type ReportedFamily = z.infer<typeof reportedFamilySchema>;

export const conditionSchema = z.object({
  type: z.string().max(100),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.enum(nodeReasons),
  message: z.string().max(LONGEST_MESSAGE),
  since: z.iso.datetime(),
});
export type Condition = z.infer<typeof conditionSchema>;

export const agentStates = ['Programmed', 'Pending', 'Drifted', 'Failed', 'Observed'] as const;
export const reportSchema = z.object({
  node: z.string(),
  mode: z.enum(['enforce', 'observe']),
  backend: z.enum(['iptables-nft', 'iptables-legacy', 'nftables']),
  /** the effective state's revision and sequence this node holds; null before the first complete state */
  revision: z.string().nullable(),
  sequence: z.int().min(0).nullable(),
  state: z.enum(agentStates),
  changed: z.boolean(),
  families: z.object({ '4': reportedFamilySchema, '6': reportedFamilySchema }),
  /** NAT rules of others in POSTROUTING that may decide before ours */
  foreign: z.array(z.object({ chain: z.string(), text: z.string() })),
  conditions: z.array(conditionSchema).max(MOST_CONDITIONS),
  facts: nodeFactsSchema.nullable(),
});
export type Report = z.infer<typeof reportSchema>;
