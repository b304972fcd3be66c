import { describe, expect, it } from 'vitest';
import { agrees, answerWord, arrange, explanation, headline, plain, type TruthAnswer } from './answers.ts';

const step = (code: string, text: string) => ({ code, text, pool: null, field: null, rule: null });
const snat: TruthAnswer = {
  truth: 'desired',
  node: null,
  revision: 'aa',
  at: null,
  verdict: 'SNAT',
  code: 'SNAT_MASQUERADE',
  source: { address: '192.0.2.11', interface: 'up0', ports: [1024, 65535] },
  steps: [step('DESTINATION_IN_NO_POOL', '198.51.100.10 lies in no pool'), step('ROUTE', 'leaves by up0')],
};
const keep: TruthAnswer = {
  ...snat,
  truth: 'node',
  node: 'node-1',
  verdict: 'NO_SNAT',
  code: 'NO_SNAT_DESTINATION_IN_POOL',
  source: { address: '192.168.1.10', interface: null, ports: null },
  steps: [step('RULE_PASSED_BY', 'outgate-exempt-v4 holds 198.51.100.0/24')],
};
const unknown: TruthAnswer = { ...keep, verdict: 'INDETERMINATE', code: 'INDETERMINATE_NODE_STALE', steps: [] };
const on = (node: string, answer: TruthAnswer): TruthAnswer => ({ ...answer, truth: 'node', node });
const from = '192.168.1.10';
const said = (answers: TruthAnswer[], host: string | null) => plain(headline(arrange(answers, host), from));

describe('the sentence that comes first', () => {
  it('is the verdict alone when all agree', () => {
    expect(said([snat, on('node-1', snat)], 'node-1')).toBe('NATed to 192.0.2.11.');
    expect(said([{ ...keep, truth: 'desired', node: null }, keep], 'node-1')).toBe(
      'Keeps the pod address 192.168.1.10.',
    );
    expect(said([{ ...snat, source: { ...snat.source, address: null } }], null)).toBe('NATed to the node’s address.');
  });
  it('names the node that disagrees', () => {
    expect(said([snat, keep, on('node-2', snat)], 'node-1')).toBe(
      'It should be NATed to 192.0.2.11, but node-1 keeps the pod address 192.168.1.10.',
    );
    expect(said([{ ...keep, truth: 'desired' }, on('node-1', snat)], 'node-1')).toBe(
      'It should keep 192.168.1.10, but node-1 rewrites it to 192.0.2.11.',
    );
  });
  it('says what is missing when nobody can tell', () => {
    expect(said([snat, unknown], 'node-1')).toBe(
      'It should be NATed to 192.0.2.11, but what node-1 does cannot be told: nothing current is known of it.',
    );
  });
  it('does not let other nodes contradict the one that hosts the pod', () => {
    const arranged = arrange([snat, on('node-1', snat), on('node-2', keep)], 'node-1');
    expect(arranged.differs).toBe(false);
    expect(arrange([snat, on('node-1', snat), on('node-2', keep)], null).differs).toBe(true);
  });
  it('sorts nodes as people count', () => {
    expect(arrange([on('w-10', snat), on('w-2', snat)], null).nodes.map(({ node }) => node)).toEqual(['w-2', 'w-10']);
  });
});

describe('with a cluster', () => {
  const live = (answer: TruthAnswer): TruthAnswer => ({ ...answer, truth: 'live', node: null });
  it('says first that the cluster is not as desired', () => {
    expect(said([snat, live(keep), on('node-1', keep)], 'node-1')).toBe(
      'It should be NATed to 192.0.2.11, but the cluster says otherwise: it keeps the pod address 192.168.1.10.',
    );
    expect(said([snat, live(unknown)], null)).toBe(
      'It should be NATed to 192.0.2.11, but what the cluster says leaves it open: nothing current is known of it.',
    );
  });
  it('compares nodes with the cluster, not with desired', () => {
    expect(arrange([snat, live(keep), on('node-1', keep)], 'node-1')).toMatchObject({
      unapplied: true,
      differs: false,
    });
    expect(arrange([snat, live(snat), on('node-1', keep)], 'node-1')).toMatchObject({
      unapplied: false,
      differs: true,
    });
    expect(said([snat, live(keep), on('node-1', snat)], 'node-1')).toBe(
      'It should be NATed to 192.0.2.11, but the cluster says otherwise: it keeps the pod address 192.168.1.10. node-1 rewrites it to 192.0.2.11.',
    );
  });
  it('explains by what counts', () => {
    const because = { ...live(keep), steps: [step('DESTINATION_IN_POOL', 'the destination lies in ours')] };
    expect(plain(explanation(arrange([snat, because], null), from))).toMatch(/^the destination lies in ours\. /);
  });
});

describe('a source on a node’s own network', () => {
  const host: TruthAnswer = {
    ...keep,
    code: 'NO_SNAT_SOURCE_NOT_IN_POOL',
    steps: [step('SOURCE_IS_HOST', 'it sends with an address of the node')],
  };
  it('keeps the node’s address, in the sentence and in the chip', () => {
    expect(said([{ ...host, truth: 'desired', node: null }, host], 'node-1')).toBe(
      'Keeps the node’s address 192.168.1.10.',
    );
    expect(said([snat, host], 'node-1')).toBe(
      'It should be NATed to 192.0.2.11, but node-1 keeps the node’s address 192.168.1.10.',
    );
    expect(answerWord(host)).toBe('Keeps node address');
    expect([snat, keep, unknown].map(answerWord)).toEqual(['NATed', 'Keeps pod address', 'Cannot tell']);
    expect(answerWord({ ...host, code: 'NO_SNAT_SERVICE_REFUSED' })).toBe('Nothing is sent');
  });
});

it('an unknown address does not make two answers differ, another address does', () => {
  expect(agrees(snat, { ...snat, source: { ...snat.source, address: null } })).toBe(true);
  expect(agrees(snat, { ...snat, source: { ...snat.source, address: '192.0.2.12' } })).toBe(false);
});

it('explains by the step that decided and says where replies go', () => {
  const rules = { ...on('node-1', snat), steps: [step('RULE_MATCHES', 'rule 1 matches')] };
  expect(plain(explanation(arrange([snat, rules], 'node-1'), from))).toBe(
    '198.51.100.10 lies in no pool. Replies return to node-1, which restores 192.168.1.10.',
  );
  expect(plain(explanation(arrange([snat, keep], 'node-1'), from))).toBe(
    'outgate-exempt-v4 holds 198.51.100.0/24. Replies reach the pod only if the network routes 192.168.1.10 to node-1.',
  );
});
