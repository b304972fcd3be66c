/** Figures of the agent as Prometheus text. */
import { createServer } from 'node:http';
import { setName } from '../core/rules/model.ts';
import type { Conditions } from './conditions.ts';
import type { Finding, Held } from './dataplane/driver.ts';

export interface Metrics {
  /** a full round: its seconds, and what the kernel held after it */
  round(seconds: number, held: Held): void;
  /** the outcome of writing, or of finding nothing to write; `proved`: the kernel was then as wanted */
  written(outcome: { wrote: boolean; failures: number; proved: boolean }): void;
  drift(findings: readonly Finding[]): void;
  text(conditions: Conditions): string;
}

export function agentMetrics(node: string, backend: string): Metrics {
  const totals = { rounds: 0, seconds: 0, writes: 0, failures: 0 };
  const drift = new Map<string, number>();
  let kernel: Held = { families: {}, unavailable: {} };
  let good = 0;
  return {
    round(seconds, held) {
      totals.rounds++;
      totals.seconds += seconds;
      kernel = held;
    },
    written({ wrote, failures, proved }) {
      if (wrote) totals.writes++;
      totals.failures += failures;
      if (proved) good = Date.now() / 1000;
    },
    drift(findings) {
      for (const { reason } of findings) drift.set(reason, (drift.get(reason) ?? 0) + 1);
    },
    text: (conditions) =>
      `${[
        ...metric('info', 'gauge', 'Always 1; says who reports.', [[label({ node, backend }), 1]]),
        ...metric('rounds_total', 'counter', 'Full rounds of reading back.', [['', totals.rounds]]),
        ...metric('round_seconds_total', 'counter', 'Time spent in full rounds.', [['', totals.seconds]]),
        ...metric('writes_total', 'counter', 'Rounds and changes that wrote to the kernel.', [['', totals.writes]]),
        ...metric('failures_total', 'counter', 'Families that could not be programmed.', [['', totals.failures]]),
        ...metric('last_success_timestamp_seconds', 'gauge', 'When the kernel was last as wanted.', [['', good]]),
        ...metric('drift_total', 'counter', 'Differences found that others made.', [
          ...[...drift].sort().map(([reason, count]): Sample => [label({ reason }), count]),
        ]),
        ...metric('set_members', 'gauge', 'Members of our sets in the kernel.', members(kernel)),
        ...metric('natted_connections_total', 'counter', 'New connections NATed, by address family.', natted(kernel)),
        ...metric('condition', 'gauge', 'Conditions of the node: 1 True, 0 False, -1 Unknown.', [
          ...conditions
            .list()
            .map(
              ({ type, status, reason }): Sample => [
                label({ type, reason }),
                { True: 1, False: 0, Unknown: -1 }[status],
              ],
            ),
        ]),
      ].join('\n')}\n`,
  };
}

type Sample = readonly [labels: string, value: number];

function metric(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string[] {
  const full = `outgate_agent_${name}`;
  return [
    `# HELP ${full} ${help}`,
    `# TYPE ${full} ${type}`,
    ...samples.map(([labels, value]) => `${full}${labels} ${value}`),
  ];
}

function label(labels: Readonly<Record<string, string>>): string {
  const texts = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${texts.join(',')}}`;
}

const families = (held: Held) => [held.families[4], held.families[6]].filter((family) => family !== undefined);

const members = (held: Held): Sample[] =>
  families(held).flatMap(({ sets }) =>
    [...sets.values()].map((set): Sample => [label({ set: set.name }), set.members.length]),
  );

function natted(held: Held): Sample[] {
  return families(held).map(({ family, sets }) => {
    const source = sets.get(setName('src', family));
    const packets = source?.members.reduce((sum, member) => sum + Number(member.packets), 0) ?? 0;
    return [label({ family: String(family) }), packets];
  });
}

export interface ServedMetrics {
  readonly url: string;
  close(): void;
}

/** Serves `/metrics` until it is closed, with port 0 at one that is free. Rejects when the address cannot be had. */
export function serveMetrics(at: { host: string; port: number }, text: () => string): Promise<ServedMetrics> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, () => {
      // figures that cannot be had (no file left for a connection) must not end the programming of NAT
      server.off('error', reject).on('error', ({ message }) => process.stderr.write(`metrics: ${message}\n`));
      const bound = server.address();
      const port = bound !== null && typeof bound === 'object' ? bound.port : at.port;
      resolve({
        url: `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}/metrics`,
        close() {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}
