/** The nodes' last reports in memory: a page of pools must not read every node's whole kernel again. */
import type { NodeFacts } from '../../core/nat/node-facts.ts';
import { readFacts } from '../../core/nat/read-facts.ts';
import { setName } from '../../core/rules/model.ts';
import type { Report } from '../../core/wire/report.ts';
import type { Queryable } from '../db/client.ts';
import { readNewReports } from '../db/nodes.ts';

export interface KnownReport {
  readonly at: Date;
  readonly body: Report;
  /** null also when they cannot be read: one node's nonsense must not spoil the answers about the others */
  readonly facts: NodeFacts | null;
}

export interface Counters {
  /** The last report of each node, as of now: only those that changed are read. */
  reports(): Promise<ReadonlyMap<string, KnownReport>>;
  /** Connections NATed so far for each source CIDR, over all nodes; `on`: where it is asked for with other things. */
  natted(on?: Queryable): Promise<ReadonlyMap<string, bigint>>;
}

interface Entry extends KnownReport {
  readonly version: string;
  readonly natted: ReadonlyMap<string, bigint>;
}

export function makeCounters(db: Queryable): Counters {
  let known = new Map<string, Entry>();
  const reports = async (on = db): Promise<ReadonlyMap<string, Entry>> => {
    const before = known;
    const rows = await readNewReports(on, new Map([...before].map(([node, entry]) => [node, entry.version])));
    const next = new Map<string, Entry>();
    for (const { node, version, at, body } of rows) {
      const entry =
        body === null ? before.get(node) : { version, at, body, facts: readableFacts(body), natted: nattedIn(body) };
      if (entry !== undefined) next.set(node, entry);
    }
    known = next;
    return next;
  };
  return {
    reports: () => reports(),
    natted: async (on) => {
      const sums = new Map<string, bigint>();
      for (const { natted } of (await reports(on)).values()) {
        for (const [cidr, packets] of natted) sums.set(cidr, (sums.get(cidr) ?? 0n) + packets);
      }
      return sums;
    },
  };
}

const readableFacts = ({ facts }: Report): NodeFacts | null => (facts !== null && readFacts(facts).ok ? facts : null);

/** The nat table sees a connection's first packet alone, so packets of the source set are connections. */
function nattedIn(report: Report): ReadonlyMap<string, bigint> {
  const found = new Map<string, bigint>();
  for (const family of [4, 6] as const) {
    const set = report.families[family].sets.find(({ name }) => name === setName('src', family));
    for (const { cidr, packets } of set?.members ?? []) found.set(cidr, BigInt(packets));
  }
  return found;
}
