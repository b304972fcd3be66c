/** A real packet beside what was predicted for it: the effective state's answer and what the other end saw. */
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

/** `to` is an address, or the name of a pod or target. Throws LAB_OFF, INVALID_INPUT with the fields, PROBE_FAILED. */
export async function probeLab(deps: Deps, probe: Probe): Promise<ProbeResult> {
  const { pod, from, to } = endsOf(await labStatus(deps), probe);
  await deps.effective.refresh();
  const facts = (await deps.counters.reports()).get(pod.node)?.facts ?? undefined;
  const flow = { from, to, proto: probe.proto, port: ECHO_PORT };
  const predicted = simulate(deps.effective.decider(pod.node), flow, facts);
  if (!predicted.ok) {
    throw new AppError('INVALID_INPUT', 'the packet must be one that can be simulated', { issues: predicted.errors });
  }
  const answer = await ask(deps, (lab) => lab.probe({ ...probe, to }));
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

/** The pod and both addresses, of one family. Throws INVALID_INPUT with every field that is wrong. */
function endsOf(lab: LabStatus, probe: Probe): { pod: LabStatus['pods'][number]; from: string; to: string } {
  const pod = lab.pods.find(({ name }) => name === probe.from);
  const named = [...lab.pods, ...lab.targets].find(({ name }) => name === probe.to);
  const written = parseAddress(probe.to);
  const errors: { field: string; message: string }[] = [];
  if (pod === undefined) {
    const must = `from must be one of ${lab.pods.map(({ name }) => name).join(', ')}`;
    errors.push({ field: 'from', message: `${must}, not ${JSON.stringify(probe.from)}` });
  }
  if (named === undefined && !written.ok) {
    const names = [...lab.pods, ...lab.targets].map(({ name }) => name).join(', ');
    errors.push({ field: 'to', message: `to must be an address or one of ${names}: ${written.reason}` });
  }
  if (pod === undefined || errors.length > 0) throw invalid(errors);
  const candidates = named === undefined ? [canonical(probe.to)] : named.addresses.map(canonical);
  for (const to of candidates) {
    const from = pod.addresses.map(canonical).find((address) => address.includes(':') === to.includes(':'));
    if (from !== undefined) return { pod, from, to };
  }
  const family = candidates.some((address) => address.includes(':')) ? 'IPv6' : 'IPv4';
  throw invalid([
    { field: 'to', message: `${pod.name} has no ${family} address, which it takes to reach ${probe.to}` },
  ]);
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

const invalid = (issues: { field: string; message: string }[]): AppError =>
  new AppError('INVALID_INPUT', issues.map(({ message }) => message).join('; '), { issues });

function canonical(text: string): string {
  const parsed = parseAddress(text);
  return parsed.ok ? formatAddress(parsed.value) : text;
}
