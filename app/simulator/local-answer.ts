/** The desired answer computed in the browser, by the same code that the server and the nodes run. */
import { settingsFor } from '../../core/nat/settings.ts';
import { makeDecider, simulate } from '../../core/nat/simulate.ts';
import type { Flow } from '../../core/nat/verdict.ts';
import type { DesiredState } from '../trpc/desired-state.ts';
import type { TruthAnswer } from './answers.ts';
import type { FieldError } from './question.ts';

type Decider = ReturnType<typeof makeDecider>;

/**
 * Null when this browser cannot know it: node addresses decide, and only the server has those of all nodes; or the stored
 * settings cannot be read. `node` is the one that hosts the source, for its own settings.
 */
export function deciderOf({ pools, settings }: DesiredState, node: string | undefined): Decider | null {
  const effective = settingsFor(settings, node);
  if (effective.natOutgoingExclusions === 'IPPoolsAndHostIPs') return null;
  try {
    return makeDecider({ pools, settings: effective, hosts: [] });
  } catch {
    return null; // settings that came from elsewhere and do not hold: the server names what is wrong
  }
}

export function localAnswer(
  decider: Decider,
  flow: Flow,
  revision: string,
): { answer: TruthAnswer | null; errors: readonly FieldError[] } {
  const result = simulate(decider, flow);
  if (!result.ok) return { answer: null, errors: result.errors };
  return { answer: { ...result.value, truth: 'desired', node: null, revision, at: null }, errors: [] };
}
