/** One question, put to the desired state, to the cluster, and to each node's kernel as it was last read back. */
import type { NodeFacts } from '../../../core/nat/node-facts.ts';
import { commonAnswer, refusedAnswer, unresolvedAnswer } from '../../../core/nat/service-answer.ts';
import { overlaySettings, settingsFor } from '../../../core/nat/settings.ts';
import { type Decider, judge, makeDecider } from '../../../core/nat/simulate.ts';
import { step } from '../../../core/nat/steps.ts';
import type { Answer, Flow } from '../../../core/nat/verdict.ts';
import { parseAddress } from '../../../core/net/address.ts';
import type { Pool } from '../../../core/pool/spec.ts';
import type { KnownReport } from '../../state/counters.ts';
import { AppError } from '../app-error.ts';
import { refusePools } from '../changes/refuse-added.ts';
import type { Deps } from '../deps.ts';
import { hostIndex } from './host-of.ts';
import { type BackendAnswer, judgeBackends, judgeOne } from './judge-backends.ts';
import { agreement, type Court, judgeSame, type TruthAnswer } from './judge-flow.ts';
import { type EndView, type PlannedQuestion, planQuestion } from './plan-question.ts';
import { wantedPools } from './wanted-pools.ts';

export interface FlowAnswers {
  /** desired first, then (with a cluster) what the cluster says, then the nodes in the order of names */
  readonly answers: TruthAnswer[];
  /** the node that hosts the source */
  readonly host: string | null;
  /** The cluster, and the hosting node (without one: every node), answer as desired; null: nothing to compare with. */
  readonly agree: boolean | null;
  /** with a cluster: what the question came to */
  readonly named?: NamedQuestion;
  /** of a service, disagreements first; `answers` then say what holds whichever is chosen */
  readonly backends?: BackendAnswer[];
  /** backends beside those listed */
  readonly moreBackends?: number;
}

export interface NamedQuestion {
  readonly from: EndView;
  readonly to: EndView;
  /** the addresses that were judged (of a service: of its first family); null: the source has none */
  readonly flow: Flow | null;
  /** what of the cluster's names is not known, in words */
  readonly unknown: string[];
}

export interface FlowQuestion {
  readonly flow: Flow;
  /** take this node for the one that hosts the source */
  readonly node?: string | undefined;
  /** pools as if they were saved; nodes answer by what they hold */
  readonly draft?: readonly Pool[] | undefined;
}

/** Throws INVALID_INPUT with every field that cannot be read, NOT_FOUND for an unknown node, POOL_VIOLATIONS for a draft that could not be saved. */
export async function simulateFlow(deps: Deps, { flow, node, draft }: FlowQuestion): Promise<FlowAnswers> {
  await Promise.all([deps.state.refresh(), deps.effective.refresh()]);
  if (draft !== undefined) refusePools(deps.state.pools(), withDraft(deps.state.pools(), draft), draft);
  const reports = await deps.counters.reports();
  if (node !== undefined && !reports.has(node)) {
    const message = `there is no report of a node '${node}'`;
    throw new AppError('NOT_FOUND', message, { issues: [{ field: 'node', message }] });
  }
  const hostOf = hostFinder(reports);
  const wanted = withDraft(await wantedPools(deps), draft ?? []);
  const court = (host: string | undefined): Court =>
    courtOf(deps, reports, host, { pools: wanted, draft: draft !== undefined });
  if (deps.cluster === null) {
    const host = node ?? hostOf(flow.from);
    const answers = judgeOne(court(host), flow);
    return { answers, host: host ?? null, agree: agreement(answers, host) };
  }
  const planned = planQuestion(deps.cluster.names, flow, { hostOf, node, inPool: inPoolOf(deps) });
  const own = nodeFacts(deps, reports);
  return judgePlanned(court(planned.node ?? undefined), planned, own);
}

async function judgePlanned(
  court: Court,
  planned: PlannedQuestion,
  factsOfNode: (node: string, towards: string) => NodeFacts | undefined,
): Promise<FlowAnswers> {
  const { from, to, flow, plan, unknown } = planned;
  const host = court.host ?? null;
  const named: NamedQuestion = { from, to, flow, unknown };
  const tell = (answers: TruthAnswer[]): TruthAnswer[] =>
    planned.caller === 'host' ? answers.map((answer) => fromHost(answer, planned)) : answers;
  const one = (answers: TruthAnswer[]): FlowAnswers => {
    const told = tell(answers);
    return { answers: told, host, agree: agreement(told, court.host), named };
  };
  if (flow === null) return one(judgeSame(court, { ok: true, value: hostWithoutAddress(planned) }));
  if (plan === null) return one(judgeOne(court, flow, factsOfNode));
  if (plan.is !== 'flows') {
    const answer = plan.is === 'refused' ? refusedAnswer(plan.text) : unresolvedAnswer(plan.text);
    return one(judgeSame(court, { ok: true, value: answer }));
  }
  const judged = await judgeBackends(court, flow, plan.flows, factsOfNode);
  const together = judged.all[0]?.answers.map((first, i): TruthAnswer => {
    const { truth, node, revision, at, age } = first;
    return { truth, node, revision, at, age, ...commonAnswer(judged.all.map(({ answers }) => answers[i] ?? first)) };
  });
  const answers = one(together ?? []);
  const agree = answers.agree === null ? null : judged.all.every((backend) => backend.agree === true);
  const moreBackends = plan.flows.length - judged.listed.length;
  const backends = judged.listed.map((backend) => ({ ...backend, answers: tell(backend.answers) }));
  return { ...answers, agree, backends, moreBackends };
}

/** The wanted pools as one node has them; the cluster's beside them; and every node's kernel. */
function courtOf(
  deps: Deps,
  reports: ReadonlyMap<string, KnownReport>,
  host: string | undefined,
  wanted: { readonly pools: readonly Pool[]; readonly draft: boolean },
): Court {
  const { state, effective } = deps;
  const alone = effective === state;
  return {
    now: deps.now(),
    host,
    desired: {
      decider: alone && !wanted.draft ? state.decider(host) : deciderOf(deps, host, wanted.pools),
      revision: wanted.draft ? null : state.revision,
    },
    live: alone ? null : { decider: effective.decider(host), revision: effective.revision },
    facts: host === undefined ? undefined : (reports.get(host)?.facts ?? undefined),
    nodes: reports,
  };
}

/** With the node addresses in effect, and the settings of others where nothing is decided here. */
function deciderOf(deps: Deps, host: string | undefined, pools: readonly Pool[]): Decider {
  const { state, effective } = deps;
  return makeDecider({
    pools,
    settings: settingsFor(overlaySettings(effective.settings, state.settings), host),
    hosts: effective.hosts,
  });
}

function withDraft(pools: readonly Pool[], draft: readonly Pool[]): readonly Pool[] {
  if (draft.length === 0) return pools;
  const all = new Map(pools.map((pool) => [pool.name, pool]));
  for (const pool of draft) all.set(pool.name, pool);
  return [...all.values()];
}

function hostFinder(reports: ReadonlyMap<string, KnownReport>): (address: string) => string | undefined {
  const index = hostIndex(factsOf(reports));
  return (address) => {
    const parsed = parseAddress(address);
    return parsed.ok ? index(parsed.value) : undefined;
  };
}

/** By the names that the nodes report under, whatever their facts call them. */
export const factsOf = (reports: ReadonlyMap<string, KnownReport>): NodeFacts[] =>
  [...reports].flatMap(([name, { facts }]) => (facts === null ? [] : [{ ...facts, name }]));

/** An address is in a pool when a connection from it is not refused for being in none. */
const inPoolOf =
  ({ effective }: Deps) =>
  (address: string): boolean => {
    const judged = judge(effective.decider(undefined), { from: address, to: address });
    return judged.ok && judged.value.code !== 'NO_SNAT_SOURCE_NOT_IN_POOL';
  };

/**
 * What is known of a node for a packet towards an address: what its agent reported, else that the address is its own, if the
 * cluster says so. Its routes are not known then, and only for such a packet are they not needed.
 */
function nodeFacts(
  { cluster }: Deps,
  reports: ReadonlyMap<string, KnownReport>,
): (node: string, towards: string) => NodeFacts | undefined {
  return (node, towards) => {
    const reported = reports.get(node)?.facts;
    if (reported !== undefined && reported !== null) return reported;
    const known = cluster?.names.directory.nodes.get(node);
    if (!known?.addresses.includes(towards)) return undefined;
    const addresses = known.addresses.map((one) => `${one}/${one.includes(':') ? 128 : 32}`);
    return { name: node, interfaces: [{ name: '', addresses }], routes: [] };
  };
}

/** A connection that begins on the host's network: said first in every answer about pools. */
function fromHost(answer: TruthAnswer, { from }: PlannedQuestion): TruthAnswer {
  if (answer.code === 'INDETERMINATE_HOST_NETWORK') return answer;
  const who = from.kind === 'pod' ? `${from.name} is on the host’s network: it` : `A program on ${from.node}`;
  const text = `${who} sends with an address of the node, which is NATed only if a pool with natOutgoing holds it.`;
  return { ...answer, steps: [step('SOURCE_IS_HOST', text), ...answer.steps] };
}

const hostWithoutAddress = ({ from, node }: PlannedQuestion): Answer => ({
  verdict: 'INDETERMINATE',
  code: 'INDETERMINATE_HOST_NETWORK',
  source: { address: null, interface: null, ports: null },
  steps: [
    step(
      'SOURCE_IS_HOST',
      `${from.name} sends with an address of its node${node === null ? '' : ` ${node}`}, and none is known.`,
    ),
  ],
});
