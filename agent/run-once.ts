/** One full reconcile (`--once`) or what it would do (`--dry-run`), from a file or from one answer of the server. */
import { type HeldState, wantedOf } from './held-state.ts';
import { reconciler } from './reconcile.ts';
import { type Setup, sourceOf } from './setup.ts';
import { readOnce } from './source/file.ts';

/** A server that is away or silent is found out sooner. */
const SERVER_PATIENCE = 60_000;

/** Prints the report; 0 programmed, 1 not, 2 when the state is unusable (then nothing was written or printed). */
export async function runOnce(setup: Setup): Promise<number> {
  const first = await firstState(setup);
  if ('code' in first) return first.code;
  const { flags, dataplane, conditions, metrics, facts, record } = setup;
  const loop = reconciler({
    node: flags.node,
    dataplane,
    conditions,
    metrics,
    facts,
    record,
    onReport: first.onReport,
  });
  await loop.state(first.held, null);
  dataplane.close();
  await first.stop();
  const report = loop.report();
  process.stdout.write(`${JSON.stringify(report)}\n`);
  return report.state === 'Programmed' ? 0 : 1;
}

/** Prints the exact texts that `--once` would give to the tools. */
export async function runDry(setup: Setup): Promise<number> {
  const first = await firstState(setup);
  if ('code' in first) return first.code;
  await first.stop();
  const held = await setup.dataplane.read();
  const wanted = wantedOf(first.held, setup.flags.node);
  let code = 0;
  for (const family of [4, 6] as const) {
    const found = held.families[family];
    if (found === undefined) {
      process.stderr.write(`IPv${family} is not available: ${held.unavailable[family]?.message ?? ''}\n`);
      if (family === 4) code = 1;
      continue;
    }
    const { findings, steps } = setup.dataplane.plan(wanted[family], found);
    for (const { reason, message } of findings) process.stdout.write(`# ${reason}: ${message}\n`);
    for (const { tool, title, lines } of steps) {
      const command =
        tool === 'ipset' ? 'ipset restore' : `${family === 4 ? 'iptables' : 'ip6tables'}-restore --noflush`;
      process.stdout.write(`# ${command}: ${title}\n${[...lines].join('\n')}\n`);
    }
    if (steps.length === 0) process.stdout.write(`# IPv${family}: nothing differs\n`);
  }
  return code;
}

interface First {
  readonly held: HeldState;
  readonly onReport: Parameters<typeof reconciler>[0]['onReport'];
  readonly stop: () => Promise<void>;
}

async function firstState({ flags, conditions }: Setup): Promise<First | { code: number }> {
  if (flags.source?.kind === 'file') {
    const held = await readOnce(flags.source.path);
    if ('revision' in held) return { held, onReport: () => undefined, stop: async () => undefined };
    for (const reason of held) process.stderr.write(`${reason}\n`);
    return { code: 2 };
  }
  const source = await sourceOf(flags);
  const held = await new Promise<HeldState | string>((resolve) => {
    const timer = setTimeout(() => resolve('no state'), SERVER_PATIENCE);
    const finish = (found: HeldState | string): void => {
      clearTimeout(timer);
      resolve(found);
    };
    let saved: HeldState | undefined;
    source.start({
      state(state, _members, kept) {
        if (kept === true) saved = state;
        else finish(state);
      },
      trouble(found) {
        if (found === null) return conditions.clear('Source');
        conditions.set('Source', 'False', found.reason, found.message);
        process.stderr.write(`${found.reason}: ${found.message}\n`);
        // the one that is served knows more than what was kept here
        finish(found.reason === 'TwoAgents' ? 'another agent programs this node' : (saved ?? 'no state'));
      },
    });
  });
  if (typeof held === 'string') {
    await source.stop();
    process.stderr.write(`${held}: nothing was written\n`);
    return { code: 1 };
  }
  return { held, onReport: (make) => source.report(make), stop: () => source.stop() };
}
