import { setName } from '../../core/rules/model.ts';
import type { Report } from '../../core/wire/report.ts';

export interface ReportInput {
  readonly sequence?: number | null;
  readonly revision?: string | null;
  /** on the interface with the default route */
  readonly addresses?: readonly string[];
  /** connections that the IPv4 source set counted */
  readonly natted?: number;
}

/** A report as an agent sends it. */
export function reportOf(node: string, input: ReportInput = {}): Report {
  const { sequence = null, revision = null, addresses = [], natted = 0 } = input;
  return {
    node,
    mode: 'enforce',
    backend: 'iptables-nft',
    revision,
    sequence,
    state: 'Programmed',
    changed: false,
    families: {
      '4': {
        rules: [],
        sets: [{ name: setName('src', 4), members: [{ cidr: '10.0.0.0/8', packets: natted, bytes: natted * 60 }] }],
      },
      '6': { rules: [], sets: [] },
    },
    foreign: [],
    conditions: [],
    facts: {
      name: node,
      interfaces: [{ name: 'up0', addresses: [...addresses] }],
      routes: [{ to: 'default', via: '192.0.2.1', dev: 'up0', src: null }],
    },
  };
}
