/** What the node is: its interfaces and routes in the kernel's order, as `ip -j` prints them. */
import type { NodeFacts } from '../core/nat/node-facts.ts';
import type { Exec } from './exec.ts';

/** Null when `ip` cannot be asked: the report then says nothing rather than half of it. */
export async function readNodeFacts(exec: Exec, name: string): Promise<NodeFacts | null> {
  const ask = (...args: string[]) => exec({ file: 'ip', args: ['-j', ...args], timeout: 5000 });
  const [addresses, v4, v6] = await Promise.all([
    ask('addr'),
    ask('-4', 'route', 'show', 'table', 'main'),
    ask('-6', 'route', 'show', 'table', 'main'),
  ]);
  if (addresses.code !== 0 || v4.code !== 0) return null;
  // without IPv6 in the kernel the third one fails, and there are no such routes
  return parseNodeFacts(name, addresses.stdout, v4.stdout, v6.code === 0 ? v6.stdout : '[]');
}

export function parseNodeFacts(name: string, addresses: string, v4: string, v6: string): NodeFacts | null {
  try {
    return {
      name,
      interfaces: objects(addresses).map(readInterface),
      routes: [
        ...objects(v4).flatMap((route) => readRoute(route, '0.0.0.0/0', 32)),
        ...objects(v6).flatMap((route) => readRoute(route, '::/0', 128)),
      ],
    };
  } catch {
    return null;
  }
}

type Json = Readonly<Record<string, unknown>>;

function objects(text: string): Json[] {
  const parsed: unknown = text.trim() === '' ? [] : JSON.parse(text);
  return Array.isArray(parsed) ? parsed.filter((one): one is Json => typeof one === 'object' && one !== null) : [];
}

const word = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function readInterface(link: Json): NodeFacts['interfaces'][number] {
  const infos = Array.isArray(link['addr_info']) ? (link['addr_info'] as Json[]) : [];
  const addresses = infos
    .filter((info) => typeof info['local'] === 'string')
    .map((info) => `${String(info['local'])}/${String(info['prefixlen'])}`);
  return { name: word(link['ifname']) ?? '', addresses };
}

/** Routes through a device alone: unreachable and the like carry no packet out. `default` says its family by `via`. */
function readRoute(route: Json, everything: string, bits: number): NodeFacts['routes'] {
  const dev = word(route['dev']);
  const dst = word(route['dst']);
  if (dev === null || dst === null) return [];
  const via = word(route['gateway']);
  const whole = via === null ? everything : 'default';
  const to = dst === 'default' ? whole : dst.includes('/') ? dst : `${dst}/${bits}`;
  return [{ to, via, dev, src: word(route['prefsrc']) }];
}
