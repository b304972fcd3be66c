import { type Named, nameOf, type Question } from './question.ts';

/** Why a real packet cannot be sent for this question; undefined when it can. */
export function refusedProbe(question: Question, pods: readonly Named[]): string | undefined {
  if (nameOf(question.from, pods) === undefined)
    return `From must be a pod of the lab: ${pods.map(({ name }) => name).join(', ')}.`;
  if (question.to.trim() === '') return 'To must be filled in.';
  if (question.proto !== 'tcp' && question.proto !== 'udp') return 'the protocol must be tcp or udp.';
  if (question.state !== 'new') return 'the state must be new: a packet that is sent begins a connection.';
  if (question.resolvedTo !== '') return 'Resolved to must be empty: the lab has no service proxy.';
  return undefined;
}
