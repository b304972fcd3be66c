import { expect, it } from 'vitest';
import { makeDecider } from '../../../core/nat/simulate.ts';
import { setName } from '../../../core/rules/model.ts';
import type { KnownReport } from '../../state/counters.ts';
import { reportOf } from '../../testing/test-report.ts';
import { judgeBackends } from './judge-backends.ts';

const COUNT = 1000;
const member = (cidr: string) => ({ cidr, packets: 0, bytes: 0 });

it('a thousand backends over a hundred thousand members: gone through once, in order, and others have their turn', async () => {
  const now = new Date();
  const members = Array.from({ length: 100_000 }, (_, i) =>
    member(`172.${16 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`),
  );
  members.push(member('10.0.0.0/8'));
  let asked = 0;
  const sets = [setName('src', 4), setName('exempt', 4)].map((name) => ({
    name,
    get members() {
      asked++;
      return members;
    },
  }));
  const rules = [
    '-A POSTROUTING -j OUTGATE-POSTROUTING',
    '-A OUTGATE-POSTROUTING -m set ! --match-set outgate-exempt-v4 dst -m set --match-set outgate-src-v4 src -j MASQUERADE',
  ].map((text) => ({ chain: text.split(' ')[1] ?? '', text, hash: '', packets: 0, bytes: 0 }));
  const body = reportOf('w-1', { addresses: ['192.0.2.11/24'] });
  const report = { ...body, families: { ...body.families, '4': { rules, sets } } };
  const pools = [{ name: 'pods', spec: { cidr: '10.0.0.0/8', natOutgoing: true } }];
  const court = {
    now,
    host: 'w-1',
    desired: { decider: makeDecider({ pools, settings: {}, hosts: [] }), revision: null },
    live: null,
    facts: body.facts ?? undefined,
    nodes: new Map<string, KnownReport>([['w-1', { at: now, body: report, facts: body.facts }]]),
  };
  const question = { from: '10.0.0.1', to: '10.96.0.1' };
  const flows = Array.from({ length: COUNT }, (_, i) => {
    const address = `${i % 2 === 0 ? '10.1' : '198.51'}.${i >> 8}.${i & 255}`;
    return { ...question, resolvedTo: address, backend: { address, port: 80, pod: null, node: null } };
  });
  let turns = 0;
  let over = false;
  const other = (): void => {
    turns++;
    if (!over) setImmediate(other);
  };
  setImmediate(other);
  const { all, listed } = await judgeBackends(court, question, flows, () => undefined);
  over = true;
  expect(all.map(({ address }) => address)).toEqual(flows.map(({ resolvedTo }) => resolvedTo));
  const codes = ['NO_SNAT_DESTINATION_IN_POOL', 'SNAT_MASQUERADE'];
  expect(all.map(({ answers }) => answers.map(({ code }) => code))).toEqual(
    flows.map((_, i) => [codes[i % 2], codes[i % 2]]),
  );
  expect(listed).toHaveLength(100);
  expect(asked).toBe(sets.length);
  expect(turns).toBeGreaterThan(COUNT / 100);
});
