import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { copyPatch, type TheirPool } from './copy-patch.ts';

const theirs = (name: string, more: Partial<TheirPool> = {}): TheirPool => ({
  name,
  spec: { cidr: '10.0.0.0/16', natOutgoing: true },
  owner: 'tigera-operator',
  class: 'operator',
  problems: [],
  deleting: false,
  ...more,
});
const web = theirs('web');
const patched = (text = ''): unknown => (parse(text) as { spec: { calicoNetwork: object } }).spec.calicoNetwork;

it('of Tigera’s operator it is the Installation with all that it owns, and nobody else’s', () => {
  const all = [
    web,
    theirs('beside', { spec: { cidr: '10.1.0.0/16' } }),
    theirs('of-an-older-operator', { owner: 'Installation/default', spec: { cidr: '10.2.0.0/16' } }),
    theirs('goes', { deleting: true }),
    theirs('by-hand', { owner: 'kubectl', class: 'hand' }),
    theirs('by-its-name', { class: 'applier' }),
  ];
  const patch = copyPatch(web, { all, api: 'v3' });
  expect(patched(patch?.text)).toMatchObject({
    ipPools: [{ name: 'beside' }, { name: 'of-an-older-operator' }, { name: 'web', natOutgoing: 'Enabled' }],
  });
  expect(patch?.text).toContain('# as it is in the cluster now\n      - name: web\n');
});

it('a desired pool keeps the CIDR as the operator wrote it, and the block size that nobody states', () => {
  const live = theirs('web', { spec: { cidr: 'fd00:0::/48', blockSize: 120 } });
  const text = copyPatch(live, { all: [live], api: 'v3', desired: { cidr: 'fd00::/48', natOutgoing: true } })?.text;
  expect(patched(text)).toMatchObject({
    ipPools: [{ name: 'web', cidr: 'fd00:0::/48', blockSize: 120, natOutgoing: 'Enabled' }],
  });
  expect(text).toContain('# as it is desired\n      - name: web\n');
});

it('of everybody else it is the IPPool, and of what cannot be read there is none', () => {
  const argocd = theirs('web', { owner: 'argocd', class: 'gitops' });
  expect(copyPatch(argocd, { all: [argocd, theirs('beside')], api: 'v1' })).toEqual({
    text: `apiVersion: crd.projectcalico.org/v1
kind: IPPool
metadata:
  name: web
spec:
  cidr: 10.0.0.0/16
  natOutgoing: true
`,
    without: [],
  });
  expect(copyPatch(theirs('web', { spec: null }), { all: [], api: 'v3' })).toBeNull();
});
