/** IPPool objects of both API groups, and the `ipPool` of Calico v1. */
import { formatAddress } from '../net/address.ts';
import { formatPrefix, parseInterface, parsePrefix } from '../net/prefix.ts';
import { quote } from '../net/quote.ts';
import { type FieldError, parsePoolName, parsePoolSpec, type Shaped } from '../pool/shape.ts';
import type { Pool, PoolSpec } from '../pool/spec.ts';
import { type Fields, fieldsOf, isFields, objectFields, unknownFields } from './object.ts';

/** Metadata but the name, and status, belong to the cluster: they are ignored. */
export function readPool(object: Fields): Shaped<Pool> {
  const name = parsePoolName(fieldsOf(object['metadata'])['name']);
  const spec = parsePoolSpec(object['spec']);
  const errors = unknownFields(object, objectFields, '', 'an IPPool');
  if (!name.ok) errors.push(...name.errors);
  if (!spec.ok) errors.push(...spec.errors);
  if (!name.ok || !spec.ok || errors.length > 0) return { ok: false, errors };
  return { ok: true, value: { name: name.value, spec: { ...spec.value, cidr: canonical(spec.value.cidr) } } };
}

/** Host bits and unreadable text stay as typed: the rules report them. */
function canonical(cidr: string): string {
  const parsed = parsePrefix(cidr);
  return parsed.ok ? formatPrefix(parsed.value) : cidr;
}

/**
 * `apiVersion: v1, kind: ipPool`, as calicoctl converts it: named after its CIDR with `-` for `.`, `:` and `/`; IPIP is
 * off unless `spec.ipip.enabled`, then `mode` is `always` (the default) or `cross-subnet`.
 */
export function readOldPool(object: Fields): Shaped<Pool> {
  const metadata = fieldsOf(object['metadata']);
  const spec = object['spec'] ?? {};
  const errors = unknownFields(object, objectFields, '', 'an ipPool');
  const cidr = readOldCidr(metadata['cidr'], errors);
  if (!isFields(spec)) {
    return { ok: false, errors: [...errors, { field: 'spec', message: `spec must be an object: ${quote(spec)}` }] };
  }
  errors.push(...unknownFields(spec, ['ipip', 'nat-outgoing', 'disabled'], 'spec.', 'the spec of an ipPool'));
  const natOutgoing = readFlag(spec, 'nat-outgoing', 'spec.', errors);
  const disabled = readFlag(spec, 'disabled', 'spec.', errors);
  const ipipMode = readOldIpip(spec['ipip'], errors);
  if (errors.length > 0 || cidr === undefined) return { ok: false, errors };
  const value: PoolSpec = { cidr: cidr.text };
  if (natOutgoing !== undefined) value.natOutgoing = natOutgoing;
  if (disabled !== undefined) value.disabled = disabled;
  if (ipipMode !== undefined) value.ipipMode = ipipMode;
  return { ok: true, value: { name: cidr.name, spec: value } };
}

function readOldCidr(input: unknown, errors: FieldError[]): { text: string; name: string } | undefined {
  const field = 'metadata.cidr';
  if (input === undefined || input === null || input === '') {
    errors.push({ field, message: 'IPPool CIDR must be specified' });
    return undefined;
  }
  const parsed = typeof input === 'string' ? parseInterface(input) : undefined;
  if (!parsed?.ok) {
    errors.push({ field, message: `IPPool CIDR must be a valid subnet: ${quote(input)}` });
    return undefined;
  }
  const text = `${formatAddress(parsed.value.address)}/${parsed.value.length}`;
  const name = parsePoolName(text.replaceAll(/[.:/]/g, '-'));
  if (name.ok) return { text, name: name.value };
  errors.push({ field, message: `IPPool CIDR must give a name that does not start with '-': ${quote(input)}` });
  return undefined;
}

function readFlag(from: Fields, key: string, prefix: string, errors: FieldError[]): boolean | undefined {
  const value = from[key];
  if (value === undefined || typeof value === 'boolean') return value;
  errors.push({ field: `${prefix}${key}`, message: `${key} must be true or false: ${quote(value)}` });
  return undefined;
}

const oldModes = new Map<unknown, PoolSpec['ipipMode']>([
  [undefined, 'Always'],
  ['always', 'Always'],
  ['cross-subnet', 'CrossSubnet'],
]);

function readOldIpip(input: unknown, errors: FieldError[]): PoolSpec['ipipMode'] {
  if (input === undefined || input === null) return undefined;
  if (!isFields(input)) {
    errors.push({ field: 'spec.ipip', message: `ipip must be an object: ${quote(input)}` });
    return undefined;
  }
  errors.push(...unknownFields(input, ['enabled', 'mode'], 'spec.ipip.', 'ipip'));
  const enabled = readFlag(input, 'enabled', 'spec.ipip.', errors) ?? false;
  const mode = oldModes.get(input['mode']);
  if (mode === undefined) {
    errors.push({
      field: 'spec.ipip.mode',
      message: `mode must be one of 'always', 'cross-subnet': ${quote(input['mode'])}`,
    });
  }
  return enabled ? mode : 'Never';
}
