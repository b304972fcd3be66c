/** What stands between two truths of the overview's picture, in two or three words. Pure: it is given the state and the time. */
import { type ConnectionVerdict, needsSomebody } from '../cluster/connection.ts';

/** `calm`: equal. `pending`: on its way by itself. `check`: somebody must look. `unknown`: nobody can say. */
export interface Between {
  tone: 'calm' | 'pending' | 'check' | 'unknown';
  text: string;
}

export interface NodeCounts {
  total: number;
  pending: number;
  drifted: number;
  stale: number;
  failed: number;
}

/** From what is in effect to the nodes' kernels; with a cluster that is what the cluster says, whatever is to decide about it. */
export function beforeNodes({ total, pending, drifted, stale, failed }: NodeCounts, inCluster: boolean): Between {
  const check = drifted + stale + failed;
  if (total === 0) return { tone: 'unknown', text: 'nobody to tell' };
  if (check > 0) return { tone: 'check', text: `${number(check)} to check` };
  if (pending > 0) return { tone: 'pending', text: `${number(pending)} on the way` };
  return { tone: 'calm', text: inCluster ? 'all match live' : 'all equal' };
}

/** From what is desired to the cluster, which then says what is in effect. */
export function beforeCluster(
  connection: ConnectionVerdict['kind'],
  counts: Parameters<typeof needsSomebody>[0],
): Between {
  if (connection !== 'live' && connection !== 'check') return { tone: 'unknown', text: 'not heard' };
  const decide = needsSomebody(counts);
  if (decide > 0) return { tone: 'check', text: `${number(decide)} to decide` };
  if (counts.Pending > 0) return { tone: 'pending', text: `${number(counts.Pending)} on the way` };
  return { tone: 'calm', text: counts.Synced === 0 ? 'nothing of ours' : 'in sync' };
}

const number = (value: number): string => value.toLocaleString('en-US');
