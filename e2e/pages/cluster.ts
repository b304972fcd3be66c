/** The head of a spec about cluster mode, and what somebody does there with kubectl. */
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { type Api, signIn } from '../api.ts';
import { ensureBinaries, missingForCluster } from '../cluster/binaries/build.ts';
import { kubectl, OUTGATE_USER, prepareCluster } from '../cluster/prepare-cluster.ts';
import { untilMay } from '../cluster/rights.ts';
import { type ApiServer, startApiServer } from '../cluster/start-api-server.ts';
import { labPlan } from '../lab/plan.ts';
import { type Outgate, startOutgate } from '../start-outgate.ts';
import { ADMIN } from './sign-in-page.ts';
import { signedIn, withAdmin } from './signed-in.ts';

export const RESOURCE = 'ippools.projectcalico.org';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

interface Running {
  readonly server: ApiServer;
  readonly outgate: Outgate;
  /** the admin's, past the browser */
  readonly api: Api;
  readonly context: BrowserContext;
  readonly page: Page;
}

/**
 * An API server and the product on it run from the first test to the last, which build on each other, and an admin is signed
 * in. What is returned is filled before the first test.
 */
export function runningCluster() {
  test.describe.configure({ mode: 'serial' });
  const running = {} as Running;
  let problems: string[] = [];
  test.beforeAll(async ({ browser }) => {
    test.setTimeout(300_000);
    const missing = await missingForCluster();
    test.skip(missing.length > 0, missing.join('; '));
    const server = await startApiServer({ binaries: await ensureBinaries(() => {}), users: { [OUTGATE_USER]: [] } });
    Object.assign(running, { server });
    await prepareCluster(server, labPlan(), ['v3']);
    const outgate = await startOutgate({
      lab: 'off',
      environment: {
        ...withAdmin,
        OUTGATE_CLUSTER: 'kubeconfig',
        OUTGATE_KUBECONFIG: server.kubeconfig,
        OUTGATE_KUBECONTEXT: OUTGATE_USER,
      },
    });
    Object.assign(running, { outgate, api: await signIn(outgate.url, ADMIN) });
    const { problems: seen, ...browsing } = await signedIn(browser, outgate.url);
    problems = seen;
    Object.assign(running, browsing);
  });
  test.afterAll(async () => {
    test.setTimeout(60_000);
    await running.context?.close();
    try {
      await running.outgate?.stop();
    } finally {
      await running.server?.stop();
    }
    expect(problems).toEqual([]);
  });

  const run = (args: readonly string[], input?: object): Promise<string> =>
    kubectl(running.server, args, input === undefined ? {} : { input: JSON.stringify(input) });
  const apply = (object: object): Promise<string> => run(['apply', '-f', '-'], object);

  /** What our account may do, and nothing else. */
  async function may(rules: unknown, patches: boolean): Promise<void> {
    await run(['patch', 'clusterrole', 'outgate', '--type=merge', '-p', JSON.stringify({ rules })]);
    const right = { verb: 'patch', group: 'projectcalico.org', resource: 'ippools' };
    await untilMay(running.server, { kind: 'User', name: OUTGATE_USER }, right, patches);
  }

  return Object.assign(running, {
    apply,
    edit: (name: string, spec: object): Promise<string> =>
      run(['patch', RESOURCE, name, '--type=merge', '-p', JSON.stringify({ spec })]),
    /** It goes at once, unless it is held. */
    remove: (name: string): Promise<string> => run(['delete', RESOURCE, name, '--wait=false']),
    /** So that it is not gone while it has one of these. */
    hold: (name: string, finalizers: readonly string[]): Promise<string> =>
      run(['patch', RESOURCE, name, '--type=merge', '-p', JSON.stringify({ metadata: { finalizers } })]),
    live: async (name: string): Promise<{ natOutgoing?: boolean }> =>
      JSON.parse(await run(['get', RESOURCE, name, '-o', 'json'])).spec,
    /** Others make these pools, and then they are ours. */
    async adopt(...pools: readonly Manifest[]): Promise<void> {
      const { api } = running;
      const names = pools.map(({ metadata }) => metadata.name);
      await apply({ apiVersion: 'v1', kind: 'List', items: pools });
      await expect(async () => {
        const { pools: there } = await api.query<{ pools: { name: string }[] }>('cluster.pools');
        expect(there.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
      }).toPass();
      await api.mutate('cluster.adopt', { names, reason: 'we decide about these from now on' });
      for (const name of names) {
        const sync = async () => (await api.query<{ sync: object | null }>('pools.get', { name })).sync;
        await expect.poll(sync).toMatchObject({ state: 'Synced' });
      }
    },
    may,
    /** Our account may no longer write. Resolves with what it might do until then. */
    async onlyRead(): Promise<unknown> {
      const role = JSON.parse(await run(['get', 'clusterrole', 'outgate', '-o', 'json']));
      const reading = { apiGroups: ['projectcalico.org'], resources: ['ippools'], verbs: ['list', 'watch'] };
      await may([reading, { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] }], false);
      return role.rules;
    },
  });
}

export const pool = (name: string, spec: object, metadata: object = {}) => ({
  apiVersion: 'projectcalico.org/v3',
  kind: 'IPPool',
  metadata: { name, ...metadata },
  spec,
});

/** In the dialog that is open. */
export async function decide(page: Page, verb: string, reason: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name: verb }).click();
}
