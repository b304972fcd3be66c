import { expect, it } from 'vitest';
import { commonAnswer, proxyAnswer, refusedAnswer } from './service-answer.ts';
import { type Answer, type VerdictCode, verdictOf } from './verdict.ts';

const answer = (code: VerdictCode, address: string | null = null): Answer => ({
  verdict: verdictOf(code),
  code,
  source: { address, interface: null, ports: null },
  steps: [],
});

it('the proxy’s own NAT keeps the ports of its protocol, and asks neither fixed address nor range', () => {
  const facts = { name: 'w-1', interfaces: [{ name: 'up0', addresses: ['192.0.2.11/24'] }], routes: [] };
  const flow = { from: '10.0.0.1', to: '203.0.113.80', resolvedTo: '192.0.2.50' };
  expect(proxyAnswer(flow, facts)).toMatchObject({
    ok: true,
    value: { code: 'SNAT_SERVICE_PROXY', source: { address: '192.0.2.11', interface: 'up0', ports: [1024, 65535] } },
  });
  expect(proxyAnswer({ ...flow, state: 'established' }, facts)).toMatchObject({
    value: { code: 'NO_SNAT_ESTABLISHED' },
  });
  expect(proxyAnswer({ ...flow, resolvedTo: '192.0.2.11' }, facts)).toMatchObject({
    value: { code: 'NO_SNAT_DESTINATION_IS_LOCAL' },
  });
  expect(proxyAnswer({ ...flow, to: 'x' }, facts)).toMatchObject({ ok: false, errors: [{ field: 'to' }] });
});

it('what all backends get is what the service gets; an address only where it is the same', () => {
  const a = answer('SNAT_MASQUERADE', '192.0.2.11');
  expect(commonAnswer([a, a])).toBe(a);
  expect(commonAnswer([a, answer('SNAT_MASQUERADE', '192.0.2.12')])).toMatchObject({
    code: a.code,
    source: { address: null },
  });
  const pool = answer('NO_SNAT_DESTINATION_IN_POOL');
  expect(commonAnswer([answer('NO_SNAT_DESTINATION_IS_LOCAL'), pool])).toMatchObject({
    code: pool.code,
    steps: [{ code: 'BACKENDS_DIFFER', text: expect.stringContaining('All 2 backends are not NATed, for 2 reasons') }],
  });
});

it('backends with different verdicts cannot be told, with how many of each', () => {
  const mixed = [
    answer('SNAT_MASQUERADE'),
    answer('NO_SNAT_DESTINATION_IN_POOL'),
    answer('NO_SNAT_DESTINATION_IN_POOL'),
  ];
  expect(commonAnswer(mixed)).toMatchObject({
    code: 'INDETERMINATE_SERVICE_UNRESOLVED',
    steps: [{ code: 'BACKENDS_DIFFER', text: expect.stringContaining('Of 3 backends: 1 NATed, 2 not NATed.') }],
  });
});

it('nothing is sent where there is no backend', () => {
  expect(refusedAnswer('None.')).toMatchObject({
    verdict: 'NO_SNAT',
    code: 'NO_SNAT_SERVICE_REFUSED',
    source: { address: null },
  });
});
