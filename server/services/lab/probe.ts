/** A real packet beside what was predicted for it: the desired state's answer and what the other end saw. */
import { simulate } from '../../../core/nat/simulate.ts';
import type { Answer } from '../../../core/nat/verdict.ts';
import { formatAddress, parseAddress } from '../../../core/net/address.ts';
import { AppError } from '../app-error.ts';
import type { Deps } from '../deps.ts';
import type { Lab, LabStatus, Probe } from './lab.ts';

export interface ProbeResult {
  readonly predicted: Pick<Answer, 'verdict' | 'code' | 'source'>;
  readonly observed: { readonly source: { readonly address: string; readonly port: number } };
  /** the packet came from where it was predicted to come from */
  readonly agree: boolean;
}

/** Throws LAB_OFF. */
export async function labStatus(deps: Deps): Promise<LabStatus> {
  return ask(deps, (lab) => lab.status());
}

/** Throws LAB_OFF, INVALID_INPUT with the fields, PROBE_FAILED with what went wrong on the way. */
export async function probeLab(deps: Deps, probe: Probe): Promise<ProbeResult> {
  const to = parseAddress(probe.to);
  if (!to.ok) throw invalid('to', to.reason);
  const { pods } = await labStatus(deps);
  const pod = pods.find((one) => one.name === probe.from);
  if (pod === undefined) {
    throw invalid(
      'from',
      `from must be one of ${pods.map(({ name }) => name).join(', ')}, not ${JSON.stringify(probe.from)}`,
    );
  }
  const from = pod.addresses.map(canonical).find((address) => address.includes(':') === (to.value.family === 6));
  if (from === undefined) throw invalid('to', `${pod.name} has no IPv${to.value.family} address`);
  await deps.state.refresh();
  const facts = (await deps.counters.reports()).get(pod.node)?.facts ?? undefined;
  const flow = { from, to: formatAddress(to.value), proto: probe.proto, port: ECHO_PORT };
  const predicted = simulate(deps.state.decider(pod.node), flow, facts);
  if (!predicted.ok) {
    throw new AppError('INVALID_INPUT', 'the packet must be one that can be simulated', { issues: predicted.errors });
  }
  const answer = await ask(deps, (lab) => lab.probe({ ...probe, to: flow.to }));
  if ('errors' in answer) throw new AppError('INVALID_INPUT', answer.error, { issues: answer.errors });
  if ('error' in answer) throw new AppError('PROBE_FAILED', `the packet did not come back: ${answer.error}`);
  const { verdict, code, source } = predicted.value;
  const seen = canonical(answer.source.address);
  return {
    predicted: { verdict, code, source },
    observed: { source: { address: seen, port: answer.source.port } },
    agree: agrees(predicted.value, from, seen),
  };
}

/** The lab's hosts answer there. */
const ECHO_PORT = 7;

/** Where the node's address is not known, any other than the pod's own is what SNAT promises. */
function agrees({ verdict, source }: Answer, from: string, seen: string): boolean {
  if (verdict === 'SNAT') return source.address === null ? seen !== from : seen === source.address;
  return verdict === 'NO_SNAT' && seen === from;
}

async function ask<T>({ lab }: Deps, question: (lab: Lab) => Promise<T>): Promise<T> {
  if (lab === null)
    throw new AppError('LAB_OFF', 'the lab must be on: start Outgate with OUTGATE_LAB=on on Linux, as root');
  try {
    return await question(lab);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('LAB_OFF', `the lab does not answer: ${reason}`);
  }
}

const invalid = (field: string, message: string): AppError =>
  new AppError('INVALID_INPUT', message, { issues: [{ field, message }] });

function canonical(text: string): string {
  const parsed = parseAddress(text);
  return parsed.ok ? formatAddress(parsed.value) : text;
}
