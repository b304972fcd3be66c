/**
 * Reads what the server sends and what is kept on disk. Pools and settings have schemas (pool/spec.ts, nat/settings-schema.ts);
 * these checks accept the same, which their test proves, and the keys are checked by the compiler.
 */
import { exclusions, type NatSettings } from '../nat/settings.ts';
import type { PoolSpec } from '../pool/spec.ts';
import {
  assignmentModes,
  encapsulations,
  LONGEST_CIDR,
  LONGEST_NAME,
  LONGEST_SELECTOR,
  MOST_USES,
  poolNameForm,
  uses,
} from '../pool/words.ts';
import {
  both,
  type Check,
  entriesOf,
  type Fault,
  fields,
  flag,
  listOf,
  oneOf,
  optional,
  text,
  textUpTo,
  whole,
} from './check.ts';
import type { Delta, EffectiveState, StreamMessage } from './state.ts';

export type ReadMessage = { readonly ok: true; readonly value: StreamMessage } | ({ readonly ok: false } & Fault);

/** Takes parsed JSON. The value is the input itself: what it holds beyond the message's own fields is ignored. */
export function readMessage(input: unknown): ReadMessage {
  const fault = message(input);
  return fault === undefined ? { ok: true, value: input as StreamMessage } : { ok: false, ...fault };
}

const differs: Check = (value) =>
  Array.isArray(value) && value.length <= MOST_USES && new Set(value).size === value.length
    ? undefined
    : { field: '', message: `must hold at most ${MOST_USES} words, each once` };

const poolName: Check = (value) =>
  typeof value === 'string' && value.length <= LONGEST_NAME && poolNameForm.test(value)
    ? undefined
    : { field: '', message: 'must be the name of a Kubernetes object' };

const spec: Record<keyof PoolSpec, Check> = {
  cidr: textUpTo(LONGEST_CIDR),
  natOutgoing: optional(flag),
  disabled: optional(flag),
  blockSize: optional(whole(Number.MIN_SAFE_INTEGER)),
  ipipMode: optional(oneOf(encapsulations)),
  vxlanMode: optional(oneOf(encapsulations)),
  nodeSelector: optional(textUpTo(LONGEST_SELECTOR)),
  namespaceSelector: optional(textUpTo(LONGEST_SELECTOR)),
  allowedUses: optional(both(listOf(oneOf(uses)), differs)),
  disableBGPExport: optional(flag),
  assignmentMode: optional(oneOf(assignmentModes)),
};
const pools = listOf(fields({ name: poolName, spec: fields(spec, 'strict') }, 'strict'));

const natSettings: Record<keyof NatSettings, Check> = {
  natOutgoingExclusions: optional(oneOf(exclusions)),
  natOutgoingAddress: optional(text),
  natOutgoingAddressV6: optional(text),
  natPortRange: optional(text),
  iptablesNATOutgoingInterfaceFilter: optional(text),
};
const nodeName: Check = (value) =>
  value === '' ? { field: '', message: 'must be named' } : textUpTo(LONGEST_NAME)(value);
const nodeSettings = fields(natSettings, 'strict');
const settings = fields({ global: nodeSettings, nodes: entriesOf(nodeName, nodeSettings) }, 'strict');

const state: Record<keyof EffectiveState, Check> = {
  sequence: whole(0),
  revision: text,
  pools,
  settings,
  hosts: listOf(text),
};
const delta: Record<keyof Delta, Check> = {
  type: text,
  from: whole(Number.MIN_SAFE_INTEGER),
  sequence: whole(Number.MIN_SAFE_INTEGER),
  revision: text,
  upsert: pools,
  remove: listOf(text),
  settings: optional(settings),
  hosts: optional(listOf(text)),
};
const messages: Readonly<Record<StreamMessage['type'], Check>> = {
  snapshot: fields({ state: fields(state, 'open') }, 'open'),
  delta: fields(delta, 'open'),
  heartbeat: () => undefined,
};
const types = fields({ type: oneOf(Object.keys(messages)) }, 'open');
const message: Check = (input) => types(input) ?? messages[(input as StreamMessage).type](input);
