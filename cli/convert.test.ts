import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runCli } from './fixtures/run-cli.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../core/calico/fixtures/${name}`, import.meta.url), 'utf8');
const convert = (text: string, ...args: string[]) => runCli(['convert', '-f', '-', ...args], text);

it('writes the documented manifest as it is', async () => {
  const text = fixture('default-ipv4-ippool.yaml');
  expect(await convert(text, '--api', 'v3', '-o', 'yaml')).toEqual({ code: 0, stdout: text, stderr: '' });
  expect(await convert(text)).toEqual({ code: 0, stdout: text, stderr: '' });
});

it('writes the storage group', async () => {
  const { stdout } = await convert(fixture('default-ipv4-ippool.yaml'), '--api', 'v1');
  expect(stdout).toBe(fixture('default-ipv4-ippool.yaml').replace('projectcalico.org/v3', 'crd.projectcalico.org/v1'));
});

it('takes the old form, JSON and live lists', async () => {
  const old = JSON.stringify({
    apiVersion: 'v1',
    kind: 'ipPool',
    metadata: { cidr: '10.1.0.0/16' },
    spec: { 'nat-outgoing': true, ipip: { enabled: true, mode: 'cross-subnet' } },
  });
  expect((await convert(old)).stdout).toBe(
    'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: "10-1-0-0-16"\nspec:\n  cidr: 10.1.0.0/16\n  natOutgoing: true\n  ipipMode: CrossSubnet\n',
  );
  const live = await convert(fixture('live-list.yaml'));
  expect(live.stdout).toContain('  name: v6\nspec:\n  cidr: fd00::/64\n');
  expect(live.stdout).not.toMatch(/status|managedFields|resourceVersion/);
  expect((await convert(live.stdout)).stdout).toBe(live.stdout);
});

it('writes nothing when something cannot be read', async () => {
  const ran = await convert(`${fixture('default-ipv4-ippool.yaml')}---\nkind: Pod\n`);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toBe(
    "<stdin>: document 2, line 9, kind: kind must be one of IPPool, ipPool, FelixConfiguration, Node, List: 'Pod'\n",
  );
});

it('says that other objects are left out', async () => {
  const felix = 'apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: default}\n';
  const ran = await convert(`${fixture('no-nat.yaml')}---\n${felix}`);
  expect(ran).toMatchObject({ code: 0, stderr: 'only pools are converted; other objects are left out\n' });
  expect(ran.stdout).not.toContain('Felix');
});
