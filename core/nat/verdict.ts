/** Verdicts and their codes: a public contract, each code with a page in docs/codes. */
import { z } from 'zod';

export const verdicts = ['SNAT', 'NO_SNAT', 'INDETERMINATE'] as const;
export const verdictCodes = [
  'SNAT_MASQUERADE',
  'SNAT_FIXED_ADDRESS',
  'SNAT_SERVICE_PROXY',
  'NO_SNAT_SOURCE_NOT_IN_POOL',
  'NO_SNAT_POOL_NAT_OFF',
  'NO_SNAT_DESTINATION_IN_POOL',
  'NO_SNAT_DESTINATION_IS_NODE',
  'NO_SNAT_DESTINATION_IS_LOCAL',
  'NO_SNAT_INTERFACE_FILTER',
  'NO_SNAT_ESTABLISHED',
  'NO_SNAT_INVALID_PACKET',
  'NO_SNAT_SERVICE_REFUSED',
  'INDETERMINATE_SERVICE_UNRESOLVED',
  'INDETERMINATE_FOREIGN_RULE',
  'INDETERMINATE_HOST_NETWORK',
  'INDETERMINATE_NODE_STALE',
] as const;
export type VerdictCode = (typeof verdictCodes)[number];

export function verdictOf(code: VerdictCode): (typeof verdicts)[number] {
  if (code.startsWith('SNAT')) return 'SNAT';
  return code.startsWith('NO_SNAT') ? 'NO_SNAT' : 'INDETERMINATE';
}

/** `address` and `interface` are null where the node is not known; `ports` is the range NAT may pick from. */
export const natSourceSchema = z.object({
  address: z.string().nullable(),
  interface: z.string().nullable(),
  ports: z.tuple([z.int(), z.int()]).nullable(),
});

export const stepSchema = z.object({
  code: z.string(),
  text: z.string(),
  pool: z.string().nullable(),
  field: z.string().nullable(),
  rule: z.string().nullable(),
});
export type Step = z.infer<typeof stepSchema>;

export const answerSchema = z.object({
  verdict: z.enum(verdicts),
  code: z.enum(verdictCodes),
  source: natSourceSchema,
  steps: z.array(stepSchema),
});
/** Verdict first, then the source after NAT, then the reasons in the order they were asked. */
export type Answer = z.infer<typeof answerSchema>;

export const flowStates = ['new', 'established', 'invalid', 'untracked'] as const;
/** an address (`to` also with its port behind it), or the kind, namespace and name of an object */
const endText = z.string().max(600);
const word = z.string().max(100);
export const flowSchema = z.strictObject({
  from: endText,
  to: endText,
  /** tcp, udp, icmp, sctp, gre or a protocol number */
  proto: word.optional(),
  port: z.int().min(0).max(65535).optional(),
  sport: z.int().min(0).max(65535).optional(),
  /** the destination after a service proxy */
  resolvedTo: endText.optional(),
  state: z.enum(flowStates).optional(),
  outInterface: word.optional(),
});
export type Flow = z.infer<typeof flowSchema>;
