/** A flow between addresses, put to what is desired, to what the cluster says, and to nodes' kernels as last read back. */
import type { NodeFacts } from '../../../core/nat/node-facts.ts';
import type { Checked } from '../../../core/nat/read-flow.ts';
import { type Decider, simulate } from '../../../core/nat/simulate.ts';
import { step } from '../../../core/nat/steps.ts';
import type { Answer, Flow } from '../../../core/nat/verdict.ts';
import { flowTracer, traceFlow } from '../../../core/rules/trace.ts';
import type { ReportedFamily } from '../../../core/wire/report.ts';
import type { KnownReport } from '../../state/counters.ts';
import { AppError } from '../app-error.ts';
import { STALE_AFTER_MS } from '../nodes/node-state.ts';

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

/** Whom to ask, for one question. */
export interface Court {
  readonly now: Date;
  /** the node that hosts the source */
  readonly host: string | undefined;
  readonly desired: { readonly decider: Decider; readonly revision: string | null };
  /** null: there is no cluster */
  readonly live: { readonly decider: Decider; readonly revision: string } | null;
  readonly facts: NodeFacts | undefined;
  readonly nodes: ReadonlyMap<string, KnownReport>;
}

/** Desired first, then live, then the nodes in the order of names. Throws INVALID_INPUT for a flow that cannot be read. */
export function judgeFlow(court: Court, flow: Flow, trace: Trace = traceNode): TruthAnswer[] {
  return judgeBy(
    court,
    (decider) => simulate(decider, flow, court.facts),
    (report) => trace(report, flow),
  );
}

/** What a node's kernel does with a flow, by its report. */
export type Trace = (report: KnownReport, flow: Flow) => Checked<Answer>;

/** For many flows over the same reports: what they hold is indexed once. */
export function indexingTrace(): Trace {
  const tracers = new Map<ReportedFamily, (flow: Flow) => Checked<Answer>>();
  return ({ body, facts }, flow) => {
    const family = body.families[familyOf(flow)];
    const tracer = tracers.get(family) ?? flowTracer(family, facts ?? undefined);
    tracers.set(family, tracer);
    return tracer(flow);
  };
}

/** The same answer from every truth: one that no pool decides. A node that does not report cannot say it either. */
export const judgeSame = (court: Court, answer: Checked<Answer>): TruthAnswer[] =>
  judgeBy(
    court,
    () => answer,
    () => answer,
  );

function judgeBy(
  { now, host, desired, live, nodes }: Court,
  decide: (decider: Decider) => Checked<Answer>,
  trace: (report: KnownReport) => Checked<Answer>,
): TruthAnswer[] {
  const here = { node: host ?? null, at: now.toISOString(), age: 0 };
  const answers: TruthAnswer[] = [
    { truth: 'desired', ...here, revision: desired.revision, ...answerOf(decide(desired.decider)) },
  ];
  if (live !== null) {
    answers.push({ truth: 'live', ...here, revision: live.revision, ...answerOf(decide(live.decider)) });
  }
  for (const [name, report] of nodes) {
    const age = Math.max(0, (now.getTime() - report.at.getTime()) / 1000);
    const { revision } = report.body;
    const said = age * 1000 > STALE_AFTER_MS ? staleAnswer(name, report.at) : answerOf(trace(report));
    answers.push({ truth: 'node', node: name, revision, at: report.at.toISOString(), age, ...said });
  }
  return answers;
}

/** The cluster, and the hosting node (without one: every node), answer as desired; null: nothing to compare with. */
export function agreement(answers: readonly TruthAnswer[], host: string | undefined): boolean | null {
  const [desired, ...rest] = answers;
  const others = rest.filter(({ truth, node }) => truth === 'live' || host === undefined || node === host);
  if (desired === undefined || others.length === 0) return null;
  return others.every((one) => one.verdict === desired.verdict && one.code === desired.code);
}

export const invalidFlow = (errors: readonly { field: string; message: string }[]): AppError =>
  new AppError('INVALID_INPUT', errors.map(({ message }) => message).join('; '), { issues: errors });

function answerOf(checked: Checked<Answer>): Answer {
  if (!checked.ok) throw invalidFlow(checked.errors);
  return checked.value;
}

const familyOf = ({ from }: Flow): '4' | '6' => (from.includes(':') ? '6' : '4');

const traceNode: Trace = ({ body, facts }, flow) => traceFlow(body.families[familyOf(flow)], flow, facts ?? undefined);

const staleAnswer = (name: string, at: Date): Answer => ({
  verdict: 'INDETERMINATE',
  code: 'INDETERMINATE_NODE_STALE',
  source: { address: null, interface: null, ports: null },
  steps: [step('NODE_STALE', `${name} last reported at ${at.toISOString()}: what it holds now is not known.`)],
});
