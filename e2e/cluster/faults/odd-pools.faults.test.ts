/**
 * Pools that overlap and pools that break rules, as a cluster accepts them: shown with what they break, and judged by the
 * simulator, by the agent's rules and by the kernel as Calico's own would be.
 */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { link, namespace } from '../../../agent/testing/namespaces.ts';
import { workDir } from '../../../agent/testing/run-agent.ts';
import { calicoPath, installCrds, looseCrd } from '../install-crds.ts';
import { must } from '../request.ts';
import { ask, type ClusterSite, kernelOf, makeClusterSite, membersOf, type Undo } from './site.ts';

const path = calicoPath('v1', 'ippools');
const dir = workDir();
const cleanUp: Undo[] = [];
let site: ClusterSite;
beforeAll(async () => {
  const install: Parameters<typeof makeClusterSite>[0]['install'] = (cluster) => installCrds(cluster, 'v1', looseCrd);
  site = await makeClusterSite({ dir: dir.path, title: 'odd', cleanUp, install });
  const outside = namespace('out');
  cleanUp.push(() => outside.remove());
  link(site.node, 'up0', outside, 'n0');
  const lines = [
    'addr add 192.0.2.11/24 dev up0',
    'addr add 2001:db8::11/64 dev up0 nodad',
    'route add default via 192.0.2.1',
    'route add default via 2001:db8::1',
  ];
  for (const line of lines) site.node.run(`ip ${line}`);
});
afterAll(async () => {
  for (const undo of cleanUp.toReversed()) await undo();
  dir.remove();
});

const nat = (cidr: string, more: object = {}) => ({ cidr, natOutgoing: true, ...more });
const pools: Readonly<Record<string, { readonly spec: object; readonly breaks: readonly string[] }>> = {
  // of the same CIDR the lowest name counts
  'same-a': { spec: { cidr: '10.90.0.0/16' }, breaks: ['C17'] },
  'same-b': { spec: nat('10.90.0.0/16'), breaks: ['C17'] },
  'twin-a': { spec: nat('10.91.0.0/16'), breaks: ['C17'] },
  'twin-b': { spec: { cidr: '10.91.0.0/16' }, breaks: ['C17'] },
  // nested: a union, not the longest prefix
  outer: { spec: nat('10.92.0.0/16'), breaks: ['C17'] },
  inner: { spec: { cidr: '10.92.1.0/24' }, breaks: ['C17'] },
  hosts: { spec: nat('10.93.0.5/16'), breaks: ['C10'] },
  local: { spec: nat('169.254.0.0/16'), breaks: ['C11'] },
  small: { spec: nat('10.94.0.0/30', { blockSize: 26 }), breaks: ['C14'] },
  tunnels: { spec: nat('10.95.0.0/16', { ipipMode: 'Always', vxlanMode: 'Always' }), breaks: ['C1'] },
  // not in 10.96.0.0/16, whose addresses are services here: those are judged by their backends
  balancer: { spec: { cidr: '10.98.0.0/16', allowedUses: ['LoadBalancer'] }, breaks: [] },
  mixed: { spec: { cidr: '10.97.0.0/16', allowedUses: ['LoadBalancer', 'Workload'] }, breaks: ['C3'] },
  upper: { spec: nat('FD00:0090::/64'), breaks: [] },
  nothing: { spec: { cidr: 'everywhere', natOutgoing: true }, breaks: ['-'] },
};
const OUT = '198.51.100.7';
/** source, destination, is the source translated? */
const flows: readonly (readonly [string, string, boolean])[] = [
  ['10.90.0.9', OUT, false],
  ['10.91.0.9', OUT, true],
  ['10.92.7.9', OUT, true],
  ['10.92.1.9', OUT, true],
  ['10.93.200.9', OUT, true],
  ['169.254.7.7', OUT, true],
  ['10.94.0.2', OUT, true],
  ['10.94.0.9', OUT, false],
  ['10.95.0.9', OUT, true],
  ['fd00:90::9', '2001:4860::8888', true],
  ['10.91.0.9', '10.90.0.1', false],
  ['10.91.0.9', '10.92.1.1', false],
  ['10.91.0.9', '10.98.0.1', true],
  ['10.91.0.9', '10.97.0.1', false],
];

it('they are shown with what they break, and the kernel holds what the simulator says', {
  timeout: 120_000,
}, async () => {
  for (const [name, { spec }] of Object.entries(pools)) {
    await must(site.cluster.as('admin'), 'POST', `${path}?fieldManager=kubectl-create`, {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'IPPool',
      metadata: { name },
      spec,
    });
  }
  await agree(flows);
  const shown = (await ask(site, 'cluster.pools')).pools as { name: string; violations: { rule: string }[] }[];
  expect(
    Object.fromEntries(shown.map(({ name, violations }) => [name, [...new Set(violations.map(({ rule }) => rule))]])),
  ).toEqual(Object.fromEntries(Object.entries(pools).map(([name, { breaks }]) => [name, breaks])));
  // the one that is hidden is named
  const [, live] = (await ask(site, 'simulate.flow', { from: '10.90.0.9', to: OUT })).answers;
  expect(live.steps).toContainEqual(expect.objectContaining({ code: 'POOL_HIDDEN', pool: 'same-b', rule: 'C17' }));
  expect(membersOf(kernelOf(site.node), 'outgate-src-v4')).toEqual([
    '10.91.0.0/16',
    '10.92.0.0/16',
    '10.93.0.0/16',
    '10.94.0.0/30',
    '10.95.0.0/16',
    '169.254.0.0/16',
  ]);

  // without the lowest name the next one counts
  for (const name of ['same-a', 'twin-a', 'outer']) await must(site.cluster.as('admin'), 'DELETE', `${path}/${name}`);
  await agree([
    ['10.90.0.9', OUT, true],
    ['10.91.0.9', OUT, false],
    ['10.92.1.9', OUT, false],
    ['10.92.7.9', OUT, false],
  ]);
});

it('one that can no longer be read stays in the kernel, and the node holds the change that says so', async () => {
  const before = membersOf(kernelOf(site.node), 'outgate-src-v4');
  expect(before).toContain('169.254.0.0/16');
  await must(site.cluster.as('admin'), 'PATCH', `${path}/local?fieldManager=kubectl-edit`, {
    spec: { natOutgoing: 'yes' },
  });
  await vi.waitFor(
    async () =>
      expect((await ask(site, 'changes.list', { pool: 'local' })).changes[0]).toMatchObject({
        actor: 'kubectl-edit',
        reason: expect.stringMatching(/^cannot be read/),
        nodes: { holding: 1, total: 1 },
      }),
    { timeout: 60_000, interval: 500 },
  );
  expect(membersOf(kernelOf(site.node), 'outgate-src-v4')).toEqual(before);
});

/** What the cluster says, what the node's rules do, and what its kernel matches. */
async function agree(expected: typeof flows): Promise<void> {
  await vi.waitFor(
    async () => {
      for (const [from, to, natted] of expected) {
        const verdict = natted ? 'SNAT' : 'NO_SNAT';
        const { answers } = await ask(site, 'simulate.flow', { from, to });
        expect(
          answers.slice(1).map((answer: { truth: string; verdict: string }) => [answer.truth, answer.verdict]),
          `${from} to ${to}`,
        ).toEqual([
          ['live', verdict],
          ['node', verdict],
        ]);
        const family = from.includes(':') ? 'v6' : 'v4';
        const inSet = (set: string, address: string) =>
          site.node.tries(`ipset -q test outgate-${set}-${family} ${address}`);
        expect(inSet('src', from) && !inSet('exempt', to), `${from} to ${to} in the kernel`).toBe(natted);
      }
    },
    { timeout: 60_000, interval: 500 },
  );
}
