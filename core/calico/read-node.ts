/** Node objects: the addresses that `natOutgoingExclusions: IPPoolsAndHostIPs` leaves without NAT. */
import { formatAddress, parseAddress } from '../net/address.ts';
import { parseInterface } from '../net/prefix.ts';
import { quote } from '../net/quote.ts';
import { type FieldError, parsePoolName, type Shaped } from '../pool/shape.ts';
import { type Fields, fieldsOf } from './object.ts';

export interface NodeAddresses {
  readonly name: string;
  /** canonical, each once, in the order of the object */
  readonly addresses: string[];
}

const annotations = ['projectcalico.org/IPv4Address', 'projectcalico.org/IPv6Address'];

/** Takes InternalIP and ExternalIP of the status, and the addresses that Calico notes with their prefix length. */
export function readNode(object: Fields): Shaped<NodeAddresses> {
  const metadata = fieldsOf(object['metadata']);
  const name = parsePoolName(metadata['name']);
  const errors: FieldError[] = name.ok ? [] : [...name.errors];
  const found = new Set<string>();
  const take = (field: string, input: unknown): void => {
    const text = typeof input === 'string' ? input : '';
    const parsed = text.includes('/') ? parseInterface(text) : parseAddress(text);
    if (!parsed.ok) errors.push({ field, message: `address of a node must be an IP address: ${quote(input)}` });
    else found.add(formatAddress('address' in parsed.value ? parsed.value.address : parsed.value));
  };
  const listed = fieldsOf(object['status'])['addresses'];
  for (const [i, entry] of (Array.isArray(listed) ? listed : []).entries()) {
    const { type, address } = fieldsOf(entry);
    if (type === 'InternalIP' || type === 'ExternalIP') take(`status.addresses[${i}].address`, address);
  }
  const noted = fieldsOf(metadata['annotations']);
  for (const key of annotations) if (noted[key] !== undefined) take(`metadata.annotations.${key}`, noted[key]);
  if (!name.ok || errors.length > 0) return { ok: false, errors };
  return { ok: true, value: { name: name.value, addresses: [...found] } };
}
