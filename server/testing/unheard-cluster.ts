import { afterAll, beforeAll } from 'vitest';
import type { Cluster } from '../services/cluster/reach.ts';
import type { Deps } from '../services/deps.ts';
import { type TestApi, testApi } from './test-api.ts';

/** There is one, and it does not answer: what is known and decided of it is in the database. */
const unheard: Cluster = {
  server: 'https://127.0.0.1:1',
  names: {
    directory: { pods: new Map(), services: new Map(), slices: new Map(), nodes: new Map() },
    known: (type) => ({ type, phase: 'starting', heardAt: null, error: null, forbidden: false }),
  },
  election: () => ({ role: 'unknown', holder: null, since: 0, error: null }),
  takeUp: async () => {},
  rights: () => Promise.reject(new Error('away')),
  rehearsePools: async () => new Map(),
  rehearseSettings: async () => [],
  usedAddresses: () => Promise.reject(new Error('away')),
};

/** What services need, with that cluster. */
export const unheardDeps = async (api: TestApi): Promise<Deps> => ({ ...(await api.deps()), cluster: unheard });

/** An API of its own with that cluster, for all tests of a file. Call it once, at the top; what it returns can be read inside tests. */
export function unheardSite(): { readonly api: TestApi; readonly deps: Deps } {
  const site = {} as { api: TestApi; deps: Deps };
  beforeAll(async () => {
    site.api = await testApi();
    site.deps = await unheardDeps(site.api);
  });
  afterAll(() => site.api?.close());
  return site;
}
