/** The node of core/nat/fixtures/flows.json: three pod networks, two uplinks, an outside host, all as namespaces with veth pairs. */
import { link, type Namespace, namespace } from './namespaces.ts';

export interface NodeLab {
  readonly node: Namespace;
  /** 10.10.0.2 and .3, fd10::2 */
  readonly podA: Namespace;
  /** 10.10.1.2, fd10:1::2 */
  readonly podB: Namespace;
  /** 10.20.0.2 */
  readonly podC: Namespace;
  /** next hops of both uplinks, and every address of the world on its loopback */
  readonly outside: Namespace;
  remove(): void;
}

const WORLD = ['8.8.8.8', '8.8.4.4', '9.9.9.9', '1.1.1.1', '169.254.169.254'];

export function nodeLab(): NodeLab {
  const made: Namespace[] = [];
  const make = (title: string): Namespace => {
    const one = namespace(title);
    made.push(one);
    return one;
  };
  const remove = (): void => {
    for (const one of made) one.remove();
  };
  try {
    const lab = {
      node: make('node'),
      podA: make('pa'),
      podB: make('pb'),
      podC: make('pc'),
      outside: make('out'),
      remove,
    };
    connect(lab);
    return lab;
  } catch (error) {
    remove();
    throw error;
  }
}

function connect({ node, podA, podB, podC, outside }: NodeLab): void {
  const ip = (where: Namespace, ...lines: string[]): void => {
    where.run('ip -batch -', lines.join('\n'));
  };
  link(node, 'v1', podA, 'eth0');
  link(node, 'v2', podB, 'eth0');
  link(node, 'v3', podC, 'eth0');
  link(node, 'up0', outside, 'n0');
  link(node, 'up1', outside, 'n1');
  const addresses = (pairs: Readonly<Record<string, readonly string[]>>): string[] =>
    Object.entries(pairs).flatMap(([dev, all]) =>
      all.map((one) => `addr add ${one} dev ${dev}${one.includes(':') ? ' nodad' : ''}`),
    );
  ip(
    node,
    ...addresses({
      lo: ['10.255.0.1/32'],
      v1: ['10.10.0.254/24', 'fd10:0::fe/64'],
      v2: ['10.10.1.254/24', 'fd10:1::fe/64'],
      v3: ['10.20.0.254/24'],
      up0: ['192.0.2.1/24', '203.0.113.1/24', '192.0.2.11/24', '2001:db8:1::1/64', '2001:db8:2::1/64'],
      up1: ['198.51.100.1/24'],
    }),
    'route add default via 192.0.2.2',
    'route add 8.8.4.4 via 192.0.2.2 src 192.0.2.11',
    'route add 9.9.9.9 via 203.0.113.2',
    'route add 1.1.1.1 via 198.51.100.2',
    'route add default via 2001:db8:1::2',
  );
  ip(
    podA,
    ...addresses({ eth0: ['10.10.0.2/24', '10.10.0.3/24', 'fd10:0::2/64'] }),
    'route add default via 10.10.0.254',
  );
  ip(podA, 'route add default via fd10:0::fe');
  ip(podB, ...addresses({ eth0: ['10.10.1.2/24', 'fd10:1::2/64'] }), 'route add default via 10.10.1.254');
  ip(podB, 'route add default via fd10:1::fe');
  ip(podC, ...addresses({ eth0: ['10.20.0.2/24'] }), 'route add default via 10.20.0.254');
  ip(
    outside,
    ...addresses({
      lo: [...WORLD.map((one) => `${one}/32`), '2001:4860::8888/128'],
      n0: ['192.0.2.2/24', '203.0.113.2/24', '2001:db8:1::2/64', '2001:db8:2::2/64'],
      n1: ['198.51.100.2/24'],
    }),
    'route add 10.0.0.0/8 via 192.0.2.1',
    'route add fd10::/16 via 2001:db8:1::1',
  );
}
