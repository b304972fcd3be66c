/** The desired answer computed in the browser, by the same code that the server and the nodes run. */
import { settingsFor } from '../../core/nat/settings.ts';
import { makeDecider, simulate } from '../../core/nat/simulate.ts';
import type { Flow } from '../../core/nat/verdict.ts';
import type { DesiredState } from '../trpc/desired-state.ts';
import type { TruthAnswer } from './answers.ts';
import type { FieldError } from './question.ts';

type Decider = ReturnType<typeof makeDecider>;

/** Null for stored settings that do not hold: the server names what is wrong. `node` hosts the source: its settings count. */
export function deciderOf({ pools, settings, hosts }: DesiredState, node: string | undefined): Decider | null {
  try {
    return makeDecider({ pools, settings: settingsFor(settings, node), hosts });
  } catch {
    return null;
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
