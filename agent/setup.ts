/** What every way of running the agent needs. */
import type { NodeFacts } from '../core/nat/node-facts.ts';
import type { Conditions } from './conditions.ts';
import type { Dataplane } from './dataplane/driver.ts';
import type { Flags } from './flags.ts';
import type { Metrics } from './metrics.ts';
import type { ReconcilerInput } from './reconcile.ts';
import { fileSource } from './source/file.ts';
import type { Source } from './source/source.ts';

export interface Setup {
  readonly flags: Flags;
  readonly conditions: Conditions;
  readonly dataplane: Dataplane;
  readonly metrics: Metrics;
  readonly record: ReconcilerInput['record'];
  readonly facts: () => Promise<NodeFacts | null>;
}

/** Flags are checked: only cleanup runs without a source. */
export async function sourceOf({ source, node, stateDir, tokenFile, caFile, task }: Flags): Promise<Source> {
  if (source === undefined) throw new Error('a source must be given');
  if (source.kind === 'file') return fileSource(source.path);
  const { serverSource } = await import('./source/server.ts');
  return serverSource({ base: source.url, node, stateDir, tokenFile, caFile, resume: task === 'run' });
}
