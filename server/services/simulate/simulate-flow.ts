/** One question, put to the desired state and to each node's kernel as it was last read back. */
import type { NodeFacts } from '../../../core/nat/node-facts.ts';
import { settingsFor } from '../../../core/nat/settings.ts';
import { type Decider, makeDecider, simulate } from '../../../core/nat/simulate.ts';
import type { Answer, Flow } from '../../../core/nat/verdict.ts';
import { parseAddress } from '../../../core/net/address.ts';
import type { Pool } from '../../../core/pool/spec.ts';
import { traceFlow } from '../../../core/rules/trace.ts';
import type { KnownReport } from '../../state/counters.ts';
import { AppError } from '../app-error.ts';
import type { Deps } from '../deps.ts';
import { STALE_AFTER_MS } from '../nodes/node-state.ts';
import { hostIndex } from './host-of.ts';

export interface TruthAnswer extends Answer {
  readonly truth: 'desired' | 'live' | 'node';
  /** desired, live: the node that hosts the source, null if that is not known; node: the node that answers */
  readonly node: string | null;
  readonly revision: string | null;
  /** when the truth was last known to be so */
  readonly at: string;
  /** seconds since then */
  readonly age: number;
}

export interface FlowAnswers {
  /** desired first, then (with a cluster) what the cluster says, then the nodes in the order of names */
  readonly answers: TruthAnswer[];
  /** the node that hosts the source */
  readonly host: string | null;
  /** The cluster, and the hosting node (without one: every node), answer as desired; null: nothing to compare with. */
  readonly agree: boolean | null;
}

export interface FlowQuestion {
  readonly flow: Flow;
  /** take this node for the one that hosts the source */
  readonly node?: string | undefined;
  /** pools as if they were saved; nodes answer by what they hold */
  readonly draft?: readonly Pool[] | undefined;
}

/** Throws INVALID_INPUT with every field that cannot be read, NOT_FOUND for an unknown node. */
export async function simulateFlow(deps: Deps, { flow, node, draft }: FlowQuestion): Promise<FlowAnswers> {
  await Promise.all([deps.state.refresh(), deps.effective.refresh()]);
  const now = deps.now();
  const reports = await deps.counters.reports();
  if (node !== undefined && !reports.has(node)) {
    const message = `there is no report of a node '${node}'`;
    throw new AppError('NOT_FOUND', message, { issues: [{ field: 'node', message }] });
  }
  const host = node ?? hostOf(flow, reports);
  const facts = host === undefined ? undefined : (reports.get(host)?.facts ?? undefined);
  const decider =
    draft === undefined && deps.effective === deps.state
      ? deps.state.decider(host)
      : draftDecider(deps, host, draft ?? []);
  const desired = simulate(decider, flow, facts);
  if (!desired.ok) throw invalidFlow(desired.errors);
  const { revision } = deps.state;
  const first: TruthAnswer = {
    truth: 'desired',
    node: host ?? null,
    revision: draft === undefined ? revision : null,
    at: now.toISOString(),
    age: 0,
    ...desired.value,
  };
  const live = deps.effective === deps.state ? [] : [liveAnswer(deps, host, flow, facts, now)];
  const nodes = [...reports].map(([name, report]) => nodeAnswer(name, report, flow, now));
  const compared = host === undefined ? nodes : nodes.filter((one) => one.node === host);
  const others = [...live, ...compared];
  const agrees = others.every((one) => one.verdict === first.verdict && one.code === first.code);
  return { answers: [first, ...live, ...nodes], host: host ?? null, agree: others.length === 0 ? null : agrees };
}

/** The cluster's pools as they were last seen; `draft` changes nothing there. */
function liveAnswer(
  { effective }: Deps,
  host: string | undefined,
  flow: Flow,
  facts: NodeFacts | undefined,
  now: Date,
): TruthAnswer {
  const answer = simulate(effective.decider(host), flow, facts);
  if (!answer.ok) throw invalidFlow(answer.errors);
  const { revision } = effective;
  return { truth: 'live', node: host ?? null, revision, at: now.toISOString(), age: 0, ...answer.value };
}

export const invalidFlow = (errors: readonly { field: string; message: string }[]): AppError =>
  new AppError('INVALID_INPUT', errors.map(({ message }) => message).join('; '), { issues: errors });

function hostOf(flow: Flow, reports: ReadonlyMap<string, KnownReport>): string | undefined {
  const from = parseAddress(flow.from);
  return from.ok ? hostIndex(factsOf(reports))(from.value) : undefined;
}

/** By the names that the nodes report under, whatever their facts call them. */
export const factsOf = (reports: ReadonlyMap<string, KnownReport>): NodeFacts[] =>
  [...reports].flatMap(([name, { facts }]) => (facts === null ? [] : [{ ...facts, name }]));

/** The desired pools and the draft, with the settings and node addresses in effect: those the cluster decides alone. */
function draftDecider({ state, effective }: Deps, host: string | undefined, draft: readonly Pool[]): Decider {
  const pools = new Map(state.pools().map((pool) => [pool.name, pool]));
  for (const pool of draft) pools.set(pool.name, pool);
  return makeDecider({
    pools: [...pools.values()],
    settings: settingsFor(effective.settings, host),
    hosts: effective.hosts,
  });
}

function nodeAnswer(name: string, report: KnownReport, flow: Flow, now: Date): TruthAnswer {
  const age = Math.max(0, (now.getTime() - report.at.getTime()) / 1000);
  const known = {
    truth: 'node',
    node: name,
    revision: report.body.revision,
    at: report.at.toISOString(),
    age,
  } as const;
  if (age * 1000 > STALE_AFTER_MS) return { ...known, ...staleAnswer(name, report.at) };
  const family = flow.from.includes(':') ? '6' : '4';
  const facts = report.facts ?? undefined;
  const traced = traceFlow(report.body.families[family], flow, facts);
  if (!traced.ok) throw invalidFlow(traced.errors);
  return { ...known, ...traced.value };
}

const staleAnswer = (name: string, at: Date): Answer => ({
  verdict: 'INDETERMINATE',
  code: 'INDETERMINATE_NODE_STALE',
  source: { address: null, interface: null, ports: null },
  steps: [
    {
      code: 'NODE_STALE',
      text: `${name} last reported at ${at.toISOString()}: what it holds now is not known.`,
      pool: null,
      field: null,
      rule: null,
    },
  ],
});
