import type { Flow } from '../../core/nat/verdict.ts';
import type { Outputs } from '../trpc/client.ts';
import { type Arranged, arrange } from './answers.ts';

type FlowAnswer = Outputs['simulate']['flow'];

/** An answer as the page shows it. */
export interface Shown {
  readonly arranged: Arranged;
  /** the addresses that were judged */
  readonly flow: Flow;
  /** what the names in it stand for; null: there is no cluster, or it was not asked */
  readonly named: NonNullable<FlowAnswer['named']> | null;
  /** null: the destination is no service with backends */
  readonly service: { readonly backends: NonNullable<FlowAnswer['backends']>; readonly more: number } | null;
}

/** What the server answered for the flow, arranged around the node that hosts the source. */
export function truthAnswers({ answers, host, named, ...rest }: FlowAnswer, flow: Flow): Shown {
  const { backends, moreBackends = 0 } = rest;
  return {
    arranged: arrange(answers, host),
    flow: named?.flow ?? flow,
    named: named ?? null,
    service: backends === undefined ? null : { backends, more: moreBackends },
  };
}
