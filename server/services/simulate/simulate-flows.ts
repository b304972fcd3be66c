import { judge } from '../../../core/nat/simulate.ts';
import type { Answer, Flow } from '../../../core/nat/verdict.ts';
import { parseAddress } from '../../../core/net/address.ts';
import type { Deps } from '../deps.ts';
import { hostIndex } from './host-of.ts';
import { factsOf } from './simulate-flow.ts';

export type NamedFlow = Flow & { readonly id?: string | number | undefined };
export type FlowVerdict = { id?: string | number } & (
  | Pick<Answer, 'verdict' | 'code' | 'source'>
  | { error: { field: string; message: string }[] }
);

/** Each flow against the effective state, in the same order. One that cannot be read gives an error, the others an answer. */
export async function simulateFlows(
  deps: Deps,
  flows: readonly NamedFlow[],
): Promise<{ verdicts: FlowVerdict[]; revision: string }> {
  await deps.effective.refresh();
  const reports = await deps.counters.reports();
  const hostOf = hostIndex(factsOf(reports));
  const verdicts = flows.map(({ id, ...flow }): FlowVerdict => {
    const from = parseAddress(flow.from);
    const host = from.ok ? hostOf(from.value) : undefined;
    const facts = host === undefined ? undefined : (reports.get(host)?.facts ?? undefined);
    const answer = judge(deps.effective.decider(host), flow, facts);
    const named = id === undefined ? {} : { id };
    if (!answer.ok) return { ...named, error: [...answer.errors] };
    const { verdict, code, source } = answer.value;
    return { ...named, verdict, code, source };
  });
  return { verdicts, revision: deps.effective.revision };
}
