import type { Flow } from '../../core/nat/verdict.ts';
import type { Outputs } from '../trpc/client.ts';
import { type Arranged, arrange } from './answers.ts';

/** What the server answered for the flow, arranged around the node that hosts the source. */
export function truthAnswers(
  { answers, host }: Outputs['simulate']['flow'],
  flow: Flow,
): { arranged: Arranged; flow: Flow } {
  return { arranged: arrange(answers, host), flow };
}
