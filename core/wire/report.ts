/**
 * What an agent reports: the kernel as it was read back. Also the JSON of `agent --once` on stdout.
 *
 * Whoever holds one node's credential may send anything here, and people read it beside what other nodes say: text comes out
 * with everything escaped that is not seen or turns the direction of what stands around it, and counters end where the
 * kernel's do.
 */
import { z } from 'zod';
import { listOf } from '../nat/list-of.ts';
import { type NodeFacts, nodeFactsSchema } from '../nat/node-facts.ts';
import { printable } from '../net/quote.ts';
import { LONGEST_MESSAGE, LONGEST_RULE, LONGEST_WORD, MOST_ADDRESSES, MOST_CONDITIONS, MOST_ROUTES } from './limits.ts';
import { nodeReasons } from './reasons.ts';

const shown = (longest: number) => z.string().transform((text) => printable(text, longest));
const word = shown(LONGEST_WORD);

const MOST = 2n ** 64n - 1n;
/** Packet and byte counters of 64 bits: numbers, or decimal strings above 2^53. */
export const counterSchema = z.union([
  z.int().min(0),
  z
    .string()
    .regex(/^\d{1,20}$/)
    .refine((text) => text.length < 20 || BigInt(text) <= MOST, 'must be a counter of 64 bits'),
]);

export const reportedRuleSchema = z.object({
  chain: word,
  text: shown(LONGEST_RULE),
  /** the 16 characters of our comment, empty for a rule without one */
  hash: word,
  packets: counterSchema,
  bytes: counterSchema,
});
export const reportedSetSchema = z.object({
  name: word,
  members: listOf(
    z.object({
      cidr: z.string().regex(/^[\dA-Fa-f:.]{1,45}(\/\d{1,3})?$/, 'must be a CIDR'),
      packets: counterSchema,
      bytes: counterSchema,
    }),
  ),
});
export const reportedFamilySchema = z.object({
  rules: listOf(reportedRuleSchema),
  sets: listOf(reportedSetSchema),
});
export type ReportedFamily = z.infer<typeof reportedFamilySchema>;

const LONGEST_TYPE = 100;
/** what stands in the place of what was cut: what comes out must be no longer than what may come in */
const CUT = '...'.length;
export const conditionSchema = z.object({
  type: z
    .string()
    .max(LONGEST_TYPE)
    .transform((text) => printable(text, LONGEST_TYPE - CUT)),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.enum(nodeReasons),
  message: z
    .string()
    .max(LONGEST_MESSAGE)
    .transform((text) => printable(text, LONGEST_MESSAGE - CUT)),
  since: z.iso.datetime(),
});
export type Condition = z.infer<typeof conditionSchema>;

export const agentStates = ['Programmed', 'Pending', 'Drifted', 'Failed', 'Observed'] as const;
export const reportSchema = z.object({
  node: z.string(),
  mode: z.enum(['enforce', 'observe']),
  backend: z.enum(['iptables-nft', 'iptables-legacy', 'nftables']),
  /** the effective state's revision and sequence this node holds; null before the first complete state */
  revision: word.nullable(),
  sequence: z.int().min(0).nullable(),
  state: z.enum(agentStates),
  changed: z.boolean(),
  families: z.object({ '4': reportedFamilySchema, '6': reportedFamilySchema }),
  /** NAT rules of others in POSTROUTING that may decide before ours */
  foreign: listOf(z.object({ chain: word, text: shown(LONGEST_RULE) })),
  conditions: z.array(conditionSchema).max(MOST_CONDITIONS),
  facts: nodeFactsSchema.transform(shownFacts).nullable(),
});
export type Report = z.infer<typeof reportSchema>;

/** Null where there is too much of it: half of a node's routes would be answers that are wrong. */
function shownFacts({ name, interfaces, routes }: NodeFacts): NodeFacts | null {
  const addresses = interfaces.reduce((sum, one) => sum + 1 + one.addresses.length, 0);
  if (addresses > MOST_ADDRESSES || routes.length > MOST_ROUTES) return null;
  const text = (one: string): string => printable(one, LONGEST_WORD);
  const orNull = (one: string | null): string | null => (one === null ? null : text(one));
  return {
    name: text(name),
    interfaces: interfaces.map((one) => ({ name: text(one.name), addresses: one.addresses.map(text) })),
    routes: routes.map(({ to, via, dev, src }) => ({
      to: text(to),
      via: orNull(via),
      dev: text(dev),
      src: orNull(src),
    })),
  };
}
