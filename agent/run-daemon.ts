/** The agent as it runs on a node: follows its source, looks at the kernel every ten seconds, and leaves NAT as it is at its end. */
import type { Flags } from './flags.ts';
import { type ServedMetrics, serveMetrics } from './metrics.ts';
import { reconciler } from './reconcile.ts';
import { type Setup, sourceOf } from './setup.ts';

const RESYNC = 10_000;

export async function runDaemon(setup: Setup): Promise<number> {
  const { flags, dataplane, conditions, metrics, facts, record } = setup;
  const say = (line: string): boolean => process.stderr.write(`${new Date().toISOString()} ${line}\n`);
  // first of all: an address that is taken is said before anything is written
  const server = flags.metrics === undefined ? undefined : await listen(flags.metrics, () => metrics.text(conditions));
  if (server === 'taken') return 2;
  const source = await sourceOf(flags);
  let told = '';
  const loop = reconciler({
    node: flags.node,
    dataplane,
    conditions,
    metrics,
    facts,
    record,
    onReport(make) {
      source.report(make);
      const line = conditions
        .list()
        .map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);
      const now = line.join('\n');
      if (now !== told) for (const one of line.filter((text) => !told.split('\n').includes(text))) say(one);
      told = now;
    },
  });
  say(`node ${flags.node}, ${dataplane.backend}${flags.netns === undefined ? '' : `, namespace ${flags.netns}`}`);
  if (server !== undefined) say(`figures at ${server.url}`);

  source.start({
    state: (held, members) => void loop.state(held, members),
    trouble(found) {
      if (found === null) conditions.clear('Source');
      else conditions.set('Source', 'False', found.reason, found.message);
      // only being served ends it: a server that is away says nothing about the other agent
      if (found === null || found.reason === 'TwoAgents') void loop.standDown(found !== null);
    },
  });
  void loop.round();
  const timer = setInterval(() => void loop.round(), RESYNC);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  say('stopping: NAT stays as it is');
  clearInterval(timer);
  // what waits its turn would be written after this was said, perhaps after the node was cleaned up
  await loop.stop();
  server?.close();
  await source.stop();
  dataplane.close();
  return 0;
}

type Address = NonNullable<Flags['metrics']>;

async function listen(at: Address, text: () => string): Promise<ServedMetrics | 'taken'> {
  try {
    return await serveMetrics(at, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`--metrics: must be an address of this machine with a free port: ${why}\n`);
    return 'taken';
  }
}
