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
  /** the server keeps the one-time link here until the first account exists */
  setupLink: join(dataDir, 'setup-link'),
  labState: join(dataDir, 'lab'),
  labSocket: join(dataDir, 'run', 'lab.sock'),
  joinToken: join(dataDir, 'lab', 'join-token'),
});
export type Paths = ReturnType<typeof pathsIn>;
