/** `/metrics` in Prometheus' text format: base units, a handful of series, nothing per request, pool or user. */
import type { Room } from './edge.ts';
import { sendText } from './problem.ts';

export interface Metrics {
  /** counts one answer */
  readonly answered: (answer: { room: string; status: number; seconds: number }) => void;
  readonly text: (gauges: readonly Gauge[]) => string;
}

export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly values: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[];
}

export function makeMetrics(): Metrics {
  const requests = new Map<string, { room: string; status: string; count: number; seconds: number }>();
  return {
    answered: ({ room, status, seconds }) => {
      const group = `${Math.floor(status / 100)}xx`;
      const key = `${room} ${group}`;
      const entry = requests.get(key) ?? { room, status: group, count: 0, seconds: 0 };
      requests.set(key, { ...entry, count: entry.count + 1, seconds: entry.seconds + seconds });
    },
    text: (gauges) => {
      const all = [...requests.values()];
      const of = (pick: (entry: (typeof all)[number]) => number) =>
        all.map((entry) => ({ labels: { path: entry.room, status: entry.status }, value: pick(entry) }));
      const counters = [
        render(
          'outgate_http_requests_total',
          'counter',
          'Requests answered.',
          of((entry) => entry.count),
        ),
        render(
          'outgate_http_request_seconds_total',
          'counter',
          'Time spent answering.',
          of((entry) => entry.seconds),
        ),
      ];
      return [...counters, ...gauges.map(({ name, help, values }) => render(name, 'gauge', help, values))].join('');
    },
  };
}

export function metricsRoom(metrics: Metrics, gauges: () => Promise<readonly Gauge[]>): Room {
  return {
    path: '/metrics',
    handle: async ({ res }) => sendText(res, 200, 'text/plain; version=0.0.4', metrics.text(await gauges())),
  };
}

/** What the process itself can say. */
export function processGauges(): readonly Gauge[] {
  const memory = process.memoryUsage();
  return [
    { name: 'outgate_process_resident_memory_bytes', help: 'Resident memory.', values: [{ value: memory.rss }] },
    { name: 'outgate_process_heap_bytes', help: 'Heap in use.', values: [{ value: memory.heapUsed }] },
    { name: 'outgate_process_uptime_seconds', help: 'Time since start.', values: [{ value: process.uptime() }] },
  ];
}

function render(name: string, type: 'counter' | 'gauge', help: string, values: Gauge['values']): string {
  const lines = values.map(({ labels, value }) => {
    const pairs = Object.entries(labels ?? {}).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
    return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}
