/** Figures as a Prometheus has them that follows the chart's ServiceMonitors. */
import { NAMESPACE } from '../../e2e/cluster/prepare-cluster.ts';
import { EVERY, type Target } from './prometheus.ts';

/** `texts`: what a pod says, one text a scrape; by default it is a server of ours. */
export function scraped(
  pod: string,
  texts: readonly string[],
  { service = 'outgate-server-metrics', namespace = NAMESPACE } = {},
): Target {
  return {
    labels: { namespace, pod, service, job: service, endpoint: 'metrics', instance: `${pod}:7173` },
    said: texts.map((text, i) => ({ at: i * EVERY, text })),
  };
}

/** The text with other values of these series, each of which must be in it. */
export function edited(text: string, values: Readonly<Record<string, number>>): string {
  return Object.entries(values).reduce((all, [series, value]) => {
    const lines = all.split('\n');
    const at = lines.findIndex((line) => line.startsWith(`${series} `));
    if (at === -1) throw new Error(`${series} must be told`);
    return lines.with(at, `${series} ${value}`).join('\n');
  }, text);
}
