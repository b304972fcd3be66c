/** With nftables Felix stops on overlapping pools: each of ours says so as long as another one is there. */
import { expect, it, onTestFinished } from 'vitest';
import { calicoPath } from '../../../e2e/cluster/install-crds.ts';
import { ledTerms, nat, POOLS } from '../../../e2e/cluster/led-terms.ts';
import { must, request } from '../../../e2e/cluster/request.ts';
import { listPools } from './list-pools.ts';
import { previewPools } from './preview-pools.ts';

const site = ledTerms();
const FELIX = calicoPath('v3', 'felixconfigurations');

it('comes and goes with the other pool, whoever made it, and is said of what is typed', async () => {
  const admin = site.server.as('admin');
  onTestFinished(async () => {
    await request(admin, 'DELETE', FELIX);
  });
  await site.made();
  await must(admin, 'POST', FELIX, {
    apiVersion: 'projectcalico.org/v3',
    kind: 'FelixConfiguration',
    metadata: { name: 'default' },
    spec: { nftablesMode: 'Enabled' },
  });
  const told = async () =>
    (await listPools(site.deps, { limit: 10 })).pools.map(({ name, warnings }) => [name, ...warnings.flatMap(namedIn)]);
  const namedIn = ({ message }: { message: string }) => /Enabled: '(\w+)'/.exec(message)?.[1] ?? [];
  const becomes = (expected: unknown) => expect.poll(told, { timeout: 10_000 }).toEqual(expected);
  await becomes([['a']]);
  await site.make('around', { cidr: '10.0.0.0/8' });
  await becomes([['a', 'around']]);
  const preview = async (name: string, cidr: string) =>
    (await previewPools(site.deps, { name, spec: { cidr } }, { mayWrite: false })).warnings.flatMap(namedIn);
  expect(await preview('b', '10.1.2.0/24')).toContain('around');
  // in place of its own stored form, and of no other
  expect(await preview('around', '11.0.0.0/8')).toEqual([]);
  expect(await preview('a', '11.1.0.0/16')).toEqual([]);
  await must(admin, 'DELETE', `${POOLS}/around`);
  await becomes([['a']]);
  await site.api.caller('editor').pools.create({ name: 'c', spec: { ...nat, cidr: '10.9.0.0/16' } });
  await becomes([['a'], ['c']]);
  await site.make('wide', { cidr: '10.0.0.0/8' });
  await becomes([
    ['a', 'wide'],
    ['c', 'wide'],
  ]);
});
