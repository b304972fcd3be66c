/** Answers that a service proxy gives, whatever the pools say. */
import { contextOf, decidedBefore, natSource } from './flow-context.ts';
import type { NodeFacts } from './node-facts.ts';
import type { Checked } from './read-flow.ts';
import { type StepCode, step } from './steps.ts';
import { type Answer, type Flow, type Step, type VerdictCode, verdictOf, verdicts } from './verdict.ts';

const noSource: Answer['source'] = { address: null, interface: null, ports: null };
const answer = (code: VerdictCode, steps: Step[], source = noSource): Answer => ({
  verdict: verdictOf(code),
  code,
  source,
  steps,
});

/** The proxy rewrites the source on a node, of which `facts` tells: its rules stand before those for pools. */
export function proxyAnswer(flow: Flow, facts: NodeFacts | undefined): Checked<Answer> {
  const read = contextOf(flow, facts);
  if (!read.ok) return read;
  const steps: Step[] = [];
  const early = decidedBefore(read.value, steps);
  if (early !== null) return { ok: true, value: answer(early, steps) };
  const text = 'The service proxy masquerades this connection itself: the rules for pools are not asked.';
  steps.push(step('SERVICE_PROXY_NAT', text));
  const source = natSource(read.value, { fixed: null, ports: null }, steps);
  return { ok: true, value: answer('SNAT_SERVICE_PROXY', steps, source) };
}

/** Nothing is sent on. */
export const refusedAnswer = (text: string): Answer =>
  answer('NO_SNAT_SERVICE_REFUSED', [step('SERVICE_REFUSED', text)]);

/** Where the service leads is not known. */
export const unresolvedAnswer = (text: string): Answer => unresolved('SERVICE_UNRESOLVED', text);

const unresolved = (code: StepCode, text: string): Answer =>
  answer('INDETERMINATE_SERVICE_UNRESOLVED', [step(code, text)]);

/**
 * What holds whichever backend is chosen; where their verdicts differ, that it cannot be told. One verdict for several reasons
 * is told with the reason of most. At least one.
 */
export function commonAnswer(answers: readonly Answer[]): Answer {
  const codes = new Map<VerdictCode, Answer[]>();
  for (const one of answers) codes.set(one.code, [...(codes.get(one.code) ?? []), one]);
  const groups = [...codes.values()].sort((a, b) => b.length - a.length || leavesFirst(a) - leavesFirst(b));
  const [first] = groups[0] ?? [];
  if (first === undefined) throw new Error('at least one backend must be judged');
  const counts = verdicts
    .map((verdict) => ({ verdict, count: answers.filter((one) => one.verdict === verdict).length }))
    .filter(({ count }) => count > 0);
  if (counts.length > 1) {
    const said = counts.map(({ verdict, count }) => `${count} ${words[verdict]}`).join(', ');
    const text = `Of ${answers.length} backends: ${said}. Which one a connection gets is the proxy’s choice.`;
    return unresolved('BACKENDS_DIFFER', text);
  }
  const same = answers.every(({ source }) => source.address === first.source.address);
  const common = same ? first : { ...first, source: { ...first.source, address: null } };
  if (groups.length === 1) return common;
  const text = `All ${answers.length} backends are ${words[first.verdict]}, for ${groups.length} reasons; that of most follows.`;
  return { ...common, steps: [step('BACKENDS_DIFFER', text), ...common.steps] };
}

const words = { SNAT: 'NATed', NO_SNAT: 'not NATed', INDETERMINATE: 'open' } as const;

/** Of reasons that are as frequent, one about a packet that leaves the node. */
const leavesFirst = ([one]: readonly Answer[]): number => (one?.code === 'NO_SNAT_DESTINATION_IS_LOCAL' ? 1 : 0);
