import type { Cluster } from '../services/cluster/reach.ts';
import type { Deps } from '../services/deps.ts';
import type { TestApi } from './test-api.ts';

/** There is one, and it does not answer: what is known and decided of it is in the database. */
const unheard: Cluster = {
  server: 'https://127.0.0.1:1',
  names: {
    directory: { pods: new Map(), services: new Map(), slices: new Map(), nodes: new Map() },
    known: (type) => ({ type, phase: 'starting', heardAt: null, error: null, forbidden: false }),
  },
  election: () => ({ role: 'unknown', holder: null, since: 0, error: null }),
  rights: () => Promise.reject(new Error('away')),
  rehearsePools: async () => new Map(),
  rehearseSettings: async () => [],
  usedAddresses: () => Promise.reject(new Error('away')),
};

/** What services need, with that cluster. */
export const unheardDeps = async (api: TestApi): Promise<Deps> => ({ ...(await api.deps()), cluster: unheard });
