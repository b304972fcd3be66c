/**
 * A process that stands for election, and as leader follows a watch; it prints what happens to it as lines of JSON. Tests
 * kill and freeze it.
 */
import { openConnection } from '../kube/connection.ts';
import { fromKubeconfig } from '../kube/kubeconfig.ts';
import { elect } from '../kube/lease.ts';
import type { Tenure, Work } from '../kube/tenure.ts';

export interface CandidateOptions {
  readonly kubeconfig: string;
  readonly user: string;
  readonly name: string;
  readonly identity: string;
  /** how wrong its clock is */
  readonly skewMs: number;
}

/** `at`: milliseconds since 1970 by the machine's clock. `heard`: an event of the watch; was it still ours to act on? */
export type CandidateLine = { readonly at: number } & (
  | { readonly kind: 'leads' | 'ends' | 'exits' }
  | { readonly kind: 'heard'; readonly holds: boolean }
);

const { kubeconfig, user, name, identity, skewMs } = JSON.parse(process.argv[2] ?? '{}') as CandidateOptions;
const say = (line: object): void => console.log(JSON.stringify({ at: Date.now(), ...line }));
const credentials = fromKubeconfig(kubeconfig, user);
const connection = openConnection(credentials);

async function lead(tenure: Tenure): Promise<Work> {
  say({ kind: 'leads' });
  tenure.signal.addEventListener('abort', () => say({ kind: 'ends' }));
  const chunks = await connection.stream('/api/v1/namespaces/default/configmaps?watch=true', tenure.signal);
  const follow = async (): Promise<void> => {
    for await (const _ of chunks) say({ kind: 'heard', holds: tenure.holds() });
  };
  const followed = follow().catch(() => {});
  return { stop: () => Promise.race([followed, Promise.resolve()]) };
}

const election = elect({
  connection: openConnection(credentials),
  namespace: 'default',
  name,
  identity,
  now: () => performance.now(),
  date: () => Date.now() + skewMs,
  onLead: lead,
  onState: () => {},
});
process.once('SIGTERM', async () => {
  await election.stop();
  say({ kind: 'exits' });
  process.exit(0);
});
