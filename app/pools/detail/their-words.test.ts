import { expect, it } from 'vitest';
import { heldFastWords, theirWords } from './their-words.ts';

const pool = {
  name: 'a',
  spec: { cidr: '10.0.0.0/8' },
  unreadable: null,
  deletion: null,
  standing: 'observed',
  owner: 'kubectl',
  class: 'hand',
  evidence: null,
  finalizers: [],
} as const;

it('of a pool that Calico cannot read it is not said that nodes follow it, or that it may be adopted', () => {
  const said = {
    next: 'It can be adopted once it is mended there.',
    link: 'In the cluster',
    href: `/cluster?q=${pool.name}`,
  };
  const why = "cidr must be an address range: '10.0.0.0/99'";
  const words = (followed: boolean) => theirWords({ ...pool, unreadable: { why, followed }, deleting: false });
  expect(words(false)).toEqual({ ...said, nodes: `Calico cannot read it (${why}): no node follows it.` });
  expect(words(true)).toEqual({ ...said, nodes: `Calico cannot read it (${why}): nodes follow it as it was before.` });
});

it('one that may be adopted, one that is owned elsewhere, one that goes', () => {
  const words = theirWords({ ...pool, deleting: false });
  expect([words.nodes, words.link]).toEqual(['Nodes follow it as they follow ours.', 'Adopt it']);
  expect(words.href).toMatch(/^\/cluster\?q=(.+)&adopt=\1$/);
  const argocd = {
    owner: 'argocd',
    class: 'gitops',
    evidence: { field: 'metadata.annotations.argocd.argoproj.io/tracking-id', value: 'net:x/IPPool:/a' },
  } as const;
  const theirs = theirWords({ ...pool, ...argocd, standing: 'foreign', deleting: false });
  expect(theirs.link).toBe('In the cluster');
  expect(theirs.next).toBe('It is changed in the Git repository of Argo CD application net; here it is read-only.');
  const going = theirWords({ ...pool, deleting: true, finalizers: ['example.com/wait'] });
  expect(going.nodes).toMatch(/being deleted there; .* It is held there by the finalizer example\.com\/wait\.$/);
  expect([going.next, going.link]).toEqual(['It cannot be adopted any more.', 'In the cluster']);
  expect(theirWords({ ...pool, ...argocd, standing: 'foreign', deleting: true }).next).toBe(theirs.next);
});

it('one that the cluster does not let go says what of it, and what that costs', () => {
  expect(heldFastWords(null)).toContain(
    'the cluster does not take it away. Until it is gone, another server-side apply',
  );
  expect(heldFastWords('patch ippools.projectcalico.org')).toContain(
    'our account must have the right to patch ippools.projectcalico.org.',
  );
});
