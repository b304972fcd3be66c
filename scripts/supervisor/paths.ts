/** What lies where in the data directory. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export const pathsIn = (dataDir: string) => ({
  database: join(dataDir, 'postgres'),
  logs: join(dataDir, 'logs'),
  /** records of the processes of the current run */
  run: join(dataDir, 'run'),
  address: join(dataDir, 'run', 'address'),
  /** what the API server of `npm run cluster` stores */
  cluster: join(dataDir, 'cluster'),
  kubeconfig: join(dataDir, 'run', 'kubeconfig'),
  labState: join(dataDir, 'lab'),
  labSocket: join(dataDir, 'run', 'lab.sock'),
  joinToken: join(dataDir, 'lab', 'join-token'),
  /** of `npm run cluster`: the token of each node's pod, as the kubelet keeps them */
  podTokens: join(dataDir, 'run', 'pod-tokens'),
});
export type Paths = ReturnType<typeof pathsIn>;
