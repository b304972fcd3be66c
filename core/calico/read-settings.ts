/** The NAT settings in FelixConfiguration objects; all their other fields are Felix's own business. */

import type { NatSettings } from '../nat/settings.ts';
import { natSettingsSchema } from '../nat/settings-schema.ts';
import { quote } from '../net/quote.ts';
import { parsePoolName, type Shaped } from '../pool/shape.ts';
import { type Fields, fieldsOf, isFields } from './object.ts';

/** `node` is undefined for the object `default`. Values are read, not judged; an empty one counts as absent. */
export function readSettings(object: Fields): Shaped<{ node: string | undefined; settings: NatSettings }> {
  const name = fieldsOf(object['metadata'])['name'];
  const node = typeof name === 'string' && name.startsWith('node.') ? name.slice('node.'.length) : undefined;
  if (name !== 'default' && (node === undefined || !parsePoolName(node).ok)) {
    const message = `name of a FelixConfiguration must be 'default' or 'node.' and a node's name: ${quote(name)}`;
    return { ok: false, errors: [{ field: 'metadata.name', message }] };
  }
  const spec = object['spec'] ?? {};
  if (!isFields(spec)) {
    return { ok: false, errors: [{ field: 'spec', message: `spec must be an object: ${quote(spec)}` }] };
  }
  const taken = Object.keys(natSettingsSchema.shape)
    .filter((field) => spec[field] !== undefined && spec[field] !== null && spec[field] !== '')
    .map((field) => [field, field === 'natPortRange' ? portText(spec[field]) : spec[field]]);
  const parsed = natSettingsSchema.safeParse(Object.fromEntries(taken));
  if (parsed.success) return { ok: true, value: { node, settings: parsed.data } };
  return {
    ok: false,
    errors: parsed.error.issues.map(({ path }) => {
      const field = String(path[0]);
      return {
        field: `spec.${field}`,
        message: `${field} must be ${expected[field] ?? 'text'}: ${quote(spec[field])}`,
      };
    }),
  };
}

/** Kubernetes' int-or-string: 40000 means the one port. */
const portText = (value: unknown): unknown => (Number.isInteger(value) ? String(value) : value);

const expected: Readonly<Record<string, string>> = {
  natOutgoingExclusions: "one of 'IPPoolsOnly', 'IPPoolsAndHostIPs'",
  natPortRange: "a port or a range 'first:last'",
};
