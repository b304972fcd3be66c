/** What a cluster refuses by rules of its own: asked before it is saved, and shown in its words afterwards. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { calicoPath } from '../e2e/cluster/install-crds.ts';
import { must, request } from '../e2e/cluster/request.ts';
import { sharedServer } from '../e2e/cluster/shared-server.ts';
import { serverOfFile } from './testing/file-server.ts';
import { soon } from './testing/soon.ts';
import { mutate } from './testing/test-client.ts';
import { withCluster } from './testing/test-server.ts';

const cluster = sharedServer();
const path = calicoPath('v3', 'ippools');
const admin = cluster.as('admin');
const server = serverOfFile(withCluster(cluster.kubeconfig));

const admission = '/apis/admissionregistration.k8s.io/v1';
const POLICY = 'no-nat.outgate.example';
const WORDS = 'pools of this site must not be NATed';
const LATER = 'this one comes later';
const KEPT = 'nobody else writes this one';
/** Only pools whose name begins with `site-`: others use the same API server. */
const policy = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: POLICY },
  spec: {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: [
        {
          apiGroups: ['projectcalico.org'],
          apiVersions: ['v3'],
          operations: ['CREATE', 'UPDATE'],
          resources: ['ippools'],
        },
      ],
    },
    matchConditions: [{ name: 'site', expression: "object.metadata.name.startsWith('site-')" }],
    validations: [
      { expression: '!has(object.spec.natOutgoing) || !object.spec.natOutgoing', message: WORDS },
      // as a webhook does it, with 403
      { expression: "!object.metadata.name.endsWith('-later')", message: LATER, reason: 'Forbidden' },
      {
        expression: "oldObject == null || !object.metadata.name.endsWith('-kept')",
        message: KEPT,
        reason: 'Forbidden',
      },
    ],
  },
};
const binding = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: POLICY },
  spec: { policyName: POLICY, validationActions: ['Deny'] },
};

beforeAll(async () => {
  await must(admin, 'POST', `${admission}/validatingadmissionpolicies`, policy);
  await must(admin, 'POST', `${admission}/validatingadmissionpolicybindings`, binding);
  // a policy is in force some moments after it was made
  const probe = {
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name: 'site-probe' },
    spec: { cidr: '10.0.0.0/8', natOutgoing: true },
  };
  await soon(async () => expect((await request(admin, 'POST', `${path}?dryRun=All`, probe)).status).toBe(422));
  await soon(async () => expect(await ask('cluster.get')).toMatchObject({ phase: 'live' }));
});
afterAll(async () => {
  await request(admin, 'DELETE', `${admission}/validatingadmissionpolicybindings/${POLICY}`);
  await request(admin, 'DELETE', `${admission}/validatingadmissionpolicies/${POLICY}`);
  await must(admin, 'DELETE', path);
});

const { ask } = server;
const tell = (procedure: string, input: unknown) => mutate(server.address, procedure, input, server.cookie);
const standOf = async (name: string) => (await ask('pools.get', { name })).sync;
interface Metadata {
  readonly resourceVersion: string;
  readonly managedFields: readonly { readonly manager: string }[];
}
const live = async (name: string) => {
  const { status, body } = await request(admin, 'GET', `${path}/${name}`);
  return status === 200 ? (body as { spec: Record<string, unknown>; metadata: Metadata }) : null;
};
const nat = { cidr: '10.64.0.0/16', natOutgoing: true };
const plain = { cidr: '10.64.0.0/16' };

it('the draft’s preview has the cluster’s words, before anything is saved', async () => {
  const { violations, warnings } = await ask('pools.preview', { name: 'site-a', spec: nat });
  expect(violations).toEqual([]);
  expect(warnings).toMatchObject([{ code: 'W_CLUSTER_REFUSES', message: expect.stringContaining(WORDS) }]);
  expect(await live('site-a')).toBe(null);
  expect((await ask('pools.preview', { name: 'site-a', spec: plain })).warnings).toEqual([]);
  const yaml = `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: site-b}\nspec: {cidr: ${nat.cidr}, natOutgoing: true}\n`;
  const plan = await ask('pools.previewImport', { yaml });
  expect(plan).toMatchObject({ created: ['site-b'], warnings: [{ pool: 'site-b', code: 'W_CLUSTER_REFUSES' }] });
});

it('saved all the same, it is Rejected in the cluster’s words, also in History; a pool that the cluster takes is Synced', async () => {
  expect((await tell('pools.create', { name: 'site-a', spec: nat })).status).toBe(200);
  await soon(async () =>
    expect(await standOf('site-a')).toMatchObject({
      state: 'Rejected',
      reason: 'RefusedByCluster',
      message: expect.stringContaining(WORDS),
    }),
  );
  expect(await live('site-a')).toBe(null);
  const { version } = await ask('pools.get', { name: 'site-a' });
  const refused = { names: ['site-a'], message: expect.stringContaining(WORDS), missing: null };
  expect(await ask('changes.get', { id: version })).toMatchObject({ waitsFor: [], refused });
  const { status } = await tell('pools.update', { name: 'site-a', spec: plain, expectedVersion: version });
  expect(status).toBe(200);
  await soon(async () => expect(await standOf('site-a')).toMatchObject({ state: 'Synced' }));
  expect((await live('site-a'))?.spec).toMatchObject({ natOutgoing: false });
  expect(await ask('changes.get', { id: version })).toMatchObject({ refused: null });
});

it('force that the cluster would refuse is answered with its words, and decides nothing', async () => {
  const { version } = await ask('pools.get', { name: 'site-a' });
  expect((await tell('pools.update', { name: 'site-a', spec: nat, expectedVersion: version })).status).toBe(200);
  await soon(async () => expect(await standOf('site-a')).toMatchObject({ state: 'Rejected' }));
  const before = await live('site-a');
  const { version: now } = await ask('pools.get', { name: 'site-a' });
  const { status, body } = await tell('cluster.resolve', {
    name: 'site-a',
    choice: 'ours',
    expectedVersion: now,
    reason: 'it must be so',
  });
  expect(status).toBe(400);
  expect(body.error).toMatchObject({
    message: expect.stringContaining(WORDS),
    data: { reason: 'POOL_VIOLATIONS', violations: [{ rule: 'API' }] },
  });
  expect((await ask('pools.get', { name: 'site-a' })).version).toBe(now);
  expect((await live('site-a'))?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
});

it('a pool that is released, and that the cluster does not let go, says so in its words until it is', async () => {
  const name = 'site-kept';
  const held = async () =>
    (await ask('cluster.pools')).pools.find((pool: { name: string }) => pool.name === name)?.heldFast;
  const named = async () =>
    (await live(name))?.metadata.managedFields.map(({ manager }: { manager: string }) => manager);
  expect((await tell('pools.create', { name, spec: { cidr: '10.66.0.0/16' } })).status).toBe(200);
  await soon(async () => expect(await standOf(name)).toMatchObject({ state: 'Synced' }));
  expect(await held()).toBe(null);
  const { version: expectedVersion } = await ask('pools.get', { name });
  const release = { name, choice: 'release', expectedVersion, reason: 'somebody else looks after it' };
  expect((await tell('cluster.resolve', release)).status).toBe(200);
  const refused = { since: expect.any(String), message: expect.stringContaining(KEPT), missing: null };
  await soon(async () => expect(await held()).toEqual(refused));
  expect(await named()).toEqual(['outgate']);
  const [last] = policy.spec.validations.slice(-1);
  const { metadata } = (await must(admin, 'GET', `${admission}/validatingadmissionpolicies/${POLICY}`)) as {
    metadata: object;
  };
  const validations = policy.spec.validations.filter((one) => one !== last);
  const spec = { ...policy.spec, validations };
  await must(admin, 'PUT', `${admission}/validatingadmissionpolicies/${POLICY}`, { ...policy, metadata, spec });
  await soon(async () => expect(await named()).toEqual(['outgate-lets-go']));
  await soon(async () => expect(await held()).toBe(null));
});

it('a refusal by 403 is one of the cluster, not a right that is missing; it is tried again by itself', async () => {
  expect((await ask('pools.preview', { name: 'site-later', spec: plain })).warnings).toMatchObject([
    { code: 'W_CLUSTER_REFUSES', message: expect.stringContaining(LATER) },
  ]);
  expect((await tell('pools.create', { name: 'site-later', spec: { cidr: '10.65.0.0/16' } })).status).toBe(200);
  await soon(async () =>
    expect(await standOf('site-later')).toMatchObject({
      state: 'Rejected',
      reason: 'RefusedByCluster',
      message: expect.stringContaining(LATER),
    }),
  );
  await must(admin, 'DELETE', `${admission}/validatingadmissionpolicybindings/${POLICY}`);
  await soon(async () => expect(await standOf('site-later')).toMatchObject({ state: 'Synced' }));
});
