/** What others do at a lease, and what keeps from it: who leads on a real API server, and who does not, sees it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../../e2e/cluster/fault-proxy.ts';
import { must, request } from '../../e2e/cluster/request.ts';
import { grant, revoke } from '../../e2e/cluster/rights.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';
import { soon } from '../testing/soon.ts';
import { openConnection } from './connection.ts';
import { KubeError } from './kube-error.ts';
import { fromKubeconfig } from './kubeconfig.ts';
import { type Election, type ElectionState, elect } from './lease.ts';
import { policyRules } from './needed-rights.ts';
import type { Tenure } from './tenure.ts';

const server = sharedServer();
const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
let proxy: FaultProxy;
const endings: (() => Promise<unknown>)[] = [];

/** each test is about a lease of its own */
const LEASES = ['labelled', 'deleted', 'taken', 'forbidden', 'hung', 'unable'];
const allow = () =>
  grant(
    server,
    'lease-test',
    { kind: 'User', name: 'nobody' },
    policyRules('own').map((rule) => (rule.resourceNames === undefined ? rule : { ...rule, resourceNames: LEASES })),
  );
beforeAll(async () => {
  proxy = await startFaultProxy(server);
  await allow();
});
afterEach(async () => {
  proxy.heal();
  await Promise.all(endings.splice(0).map((end) => end()));
});
afterAll(async () => {
  await proxy?.close();
  for (const name of LEASES) await request(server.as('admin'), 'DELETE', `${leases}/${name}`);
  await revoke(server, 'lease-test');
});

interface Standing {
  readonly identity: string;
  readonly election: Election;
  readonly states: ElectionState[];
  tenure(): Tenure | null;
}

/** One that stands in this process, by way of the proxy. */
function stand(name: string, identity: string, onLead: () => Promise<void> = async () => {}): Standing {
  const connection = openConnection({ ...fromKubeconfig(server.kubeconfig, 'nobody'), server: proxy.url });
  const states: ElectionState[] = [];
  let current: Tenure | null = null;
  const election = elect({
    connection,
    namespace: 'default',
    name,
    identity,
    now: () => performance.now(),
    date: Date.now,
    async onLead(tenure) {
      await onLead();
      current = tenure;
      return {
        stop: async () => {
          current = null;
        },
      };
    },
    onState: (state) => states.push(state),
  });
  endings.push(() => election.stop().then(() => connection.close()));
  return { identity, election, states, tenure: () => current };
}
const role = ({ election }: Standing): string => election.state().role;
const leads = (one: Standing) => soon(() => expect(role(one)).toBe('leader'));
const follows = (one: Standing) => soon(() => expect(role(one)).toBe('follower'));

it('labels, annotations and edits of others do not depose the leader', async () => {
  const one = stand('labelled', 'one');
  await leads(one);
  const two = stand('labelled', 'two');
  await follows(two);
  for (let i = 0; i < 20; i++) {
    await must(server.as('admin'), 'PATCH', `${leases}/labelled`, { metadata: { labels: { i: String(i) } } });
    await sleep(200);
  }
  expect(one.states.map((state) => state.role)).toEqual(['leader']);
  expect(two.election.state()).toMatchObject({ role: 'follower', holder: 'one', error: null });
  expect(await must(server.as('admin'), 'GET', `${leases}/labelled`)).toMatchObject({
    metadata: { labels: { i: '19' } },
    spec: { holderIdentity: 'one', leaseDurationSeconds: 8, leaseTransitions: 0 },
  });
});

it('a lease that is deleted is made again by who held it', async () => {
  const one = stand('deleted', 'one');
  await leads(one);
  const two = stand('deleted', 'two');
  await follows(two);
  for (let i = 0; i < 3; i++) {
    await must(server.as('admin'), 'DELETE', `${leases}/deleted`);
    await soon(async () =>
      expect(await request(server.as('admin'), 'GET', `${leases}/deleted`)).toMatchObject({ status: 200 }),
    );
  }
  expect(one.states.map((state) => state.role)).toEqual(['leader']);
  expect(two.states.map((state) => state.role)).toEqual(['follower']);
});

it('who finds another in its place stops at once', async () => {
  const one = stand('taken', 'one');
  await leads(one);
  const tenure = one.tenure();
  await must(server.as('admin'), 'PATCH', `${leases}/taken`, { spec: { holderIdentity: 'somebody' } });
  await follows(one);
  expect(tenure?.holds()).toBe(false);
  expect(one.tenure()).toBe(null);
  expect(one.election.state().holder).toBe('somebody');
  // and takes it when that one does not renew it
  await leads(one);
});

it('a missing right is named, and the lease is taken when it is given', async () => {
  await revoke(server, 'lease-test');
  const one = stand('forbidden', 'one');
  await soon(() => expect(one.election.state().error).toBeInstanceOf(KubeError));
  const { error, role: now } = one.election.state();
  expect(now).toBe('unknown');
  expect((error as KubeError).failure.missing).toEqual({
    user: 'nobody',
    verb: 'get',
    resource: 'leases',
    group: 'coordination.k8s.io',
  });
  await allow();
  await leads(one);
  expect(one.election.state().error).toBe(null);
});

it('renewals that are taken but not answered end a term; the next begins when answers come', async () => {
  const one = stand('hung', 'one');
  await leads(one);
  const tenure = one.tenure();
  proxy.fail({ kind: 'hang' }, /leases/);
  await soon(() => expect(role(one)).not.toBe('leader'));
  expect(tenure?.holds()).toBe(false);
  expect(tenure?.signal.aborted).toBe(true);
  expect(one.election.state().error?.message).toContain('the server must answer within');
  proxy.heal();
  await leads(one);
  expect(one.tenure()).not.toBe(tenure);
});

it('who cannot do the work gives the lease to others', async () => {
  const one = stand('unable', 'one', () => Promise.reject(new Error('the database is away')));
  await soon(() => expect(one.states.at(-1)?.error?.message).toBe('the database is away'));
  const two = stand('unable', 'two');
  await leads(two);
  await follows(one);
  two.tenure()?.resign(new Error('enough'));
  await soon(() => expect(two.election.state()).toMatchObject({ error: { message: 'enough' } }));
  expect(role(two)).not.toBe('leader');
});
