/** One end of a question as typed: an address, or a name that the cluster may know. */
import { formatAddress, parseAddress } from '../net/address.ts';
import { quote } from '../net/quote.ts';
import { splitPort } from '../net/split-port.ts';

export type EndKind = 'pod' | 'service' | 'node';
export const endKinds: readonly EndKind[] = ['pod', 'service', 'node'];

export type ReadEnd =
  /** `port`: as typed behind it */
  | { readonly is: 'address'; readonly address: string; readonly port: string | null }
  /** `kinds`: what it may be; `namespace` null: any; `port` as above */
  | {
      readonly is: 'name';
      readonly kinds: readonly EndKind[];
      readonly namespace: string | null;
      readonly name: string;
      readonly port: string | null;
    }
  | { readonly is: 'neither'; readonly message: string };

/**
 * `10.1.2.3`, `10.1.2.3:80`, `[fd00::1]:80`, `pod/ns/name`, `service/ns/name:port`, `node/name:port`; without the kind `ns/name` is a pod or a service and `name` any
 * of the three; `name.ns.svc` is a service. Text that can only be an address gives the address' own error.
 */
export function readEnd(typed: string): ReadEnd {
  const text = typed.trim();
  const split = splitPort(text);
  const address = parseAddress(split.address);
  if (address.ok) return { is: 'address', address: formatAddress(address.value), port: split.port };
  if (/^[\d.]*$/.test(split.address) || /:.*:/.test(text)) return { is: 'neither', message: address.reason };
  const [, path = '', port = null] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  const parts = path.split('/');
  const name = (kinds: readonly EndKind[], namespace: string | null, called: string): ReadEnd =>
    isName(called) && (namespace === null || isName(namespace)) && (port === null || isPort(port))
      ? { is: 'name', kinds, namespace, name: called, port }
      : refused(text);
  const [first = '', second = '', third = ''] = parts;
  const kind = words.get(first);
  if (parts.length === 3) return kind === undefined || kind === 'node' ? refused(text) : name([kind], second, third);
  if (parts.length === 2)
    return kind === undefined ? name(['pod', 'service'], first, second) : name([kind], null, second);
  if (parts.length > 3) return refused(text);
  const [, service, namespace] = /^([^.]+)\.([^.]+)\.svc(?:\..*)?$/.exec(first) ?? [];
  if (service !== undefined && namespace !== undefined) return name(['service'], namespace, service);
  return name(endKinds, null, first);
}

const words: ReadonlyMap<string, EndKind> = new Map([
  ['pod', 'pod'],
  ['service', 'service'],
  ['svc', 'service'],
  ['node', 'node'],
]);

/** As Kubernetes has it for pods and nodes, whose names may have dots. */
const isName = (text: string): boolean => text.length <= 253 && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(text);
const isPort = (text: string): boolean => /^[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/.test(text);

const refused = (text: string): ReadEnd => ({
  is: 'neither',
  message: `it must be an address, pod/namespace/name, service/namespace/name:port or node/name: ${quote(text)}`,
});
