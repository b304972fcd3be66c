/** Each backend of a service judged on its own, by its address: the rules see the destination after the proxy. */
import { setImmediate } from 'node:timers/promises';
import type { ServiceFlow } from '../../../core/names/service-flows.ts';
import type { NodeFacts } from '../../../core/nat/node-facts.ts';
import { proxyAnswer } from '../../../core/nat/service-answer.ts';
import type { Flow } from '../../../core/nat/verdict.ts';
import {
  agreement,
  type Court,
  indexingTrace,
  judgeFlow,
  judgeSame,
  type Trace,
  type TruthAnswer,
} from './judge-flow.ts';

export interface BackendAnswer {
  /** `namespace/name`; null: no pod */
  readonly pod: string | null;
  readonly address: string;
  /** null: that of any port of the service */
  readonly port: number | null;
  readonly node: string | null;
  /** the addresses that were judged */
  readonly flow: Flow;
  readonly answers: TruthAnswer[];
  readonly agree: boolean | null;
}

/** A service may have thousands; the API server's own limit for a slice is a thousand. */
export const MOST_JUDGED = 1000;
const MOST_LISTED = 100;
/** a few milliseconds of work, after which other requests have their turn */
const AT_ONCE = 16;

type FactsOf = (node: string, towards: string) => NodeFacts | undefined;

/** `all` in the order given; `listed`: disagreements first, then those that differ from most. Only the hosting node is asked. */
export async function judgeBackends(
  court: Court,
  asked: Flow,
  flows: readonly ServiceFlow[],
  factsOf: FactsOf,
): Promise<{ all: readonly BackendAnswer[]; listed: BackendAnswer[] }> {
  const host = court.host === undefined ? undefined : court.nodes.get(court.host);
  const nodes = new Map(court.host === undefined || host === undefined ? [] : [[court.host, host] as const]);
  const trace = indexingTrace();
  const all: BackendAnswer[] = [];
  for (const one of flows.slice(0, MOST_JUDGED)) {
    all.push(judgeBackend({ ...court, nodes }, asked, one, factsOf, trace));
    if (all.length % AT_ONCE === 0) await setImmediate();
  }
  const frequency = new Map<string, number>();
  const codeOf = ({ answers }: BackendAnswer): string => answers[0]?.code ?? '';
  for (const backend of all) frequency.set(codeOf(backend), (frequency.get(codeOf(backend)) ?? 0) + 1);
  const rare = (backend: BackendAnswer): number => frequency.get(codeOf(backend)) ?? 0;
  const disagrees = ({ agree }: BackendAnswer): number => (agree === false ? 0 : 1);
  const listed = [...all].sort((a, b) => disagrees(a) - disagrees(b) || rare(a) - rare(b)).slice(0, MOST_LISTED);
  return { all, listed };
}

function judgeBackend(court: Court, asked: Flow, one: ServiceFlow, factsOf: FactsOf, trace: Trace): BackendAnswer {
  const { from, to, resolvedTo, backend, masqueradedOn } = one;
  const flow: Flow = { ...asked, from, to, ...(resolvedTo === null ? {} : { resolvedTo }) };
  const answers =
    masqueradedOn === undefined
      ? judgeOne(court, flow, factsOf, trace)
      : judgeSame(
          court,
          proxyAnswer(flow, masqueradedOn === null ? undefined : factsOf(masqueradedOn, backend.address)),
        );
  return { ...backend, flow, answers, agree: agreement(answers, court.host) };
}

/** One flow between addresses; a destination that is the hosting node's own is known as such also without its report. */
export function judgeOne(court: Court, flow: Flow, factsOf?: FactsOf, trace?: Trace): TruthAnswer[] {
  if (factsOf === undefined || court.host === undefined || court.facts !== undefined) {
    return judgeFlow(court, flow, trace);
  }
  return judgeFlow({ ...court, facts: factsOf(court.host, flow.resolvedTo ?? flow.to) }, flow, trace);
}
