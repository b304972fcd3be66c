import { describe, expect, test } from 'vitest';
import { randomFlow, randomFrom, randomHosts, randomPools, randomSettings } from '../nat/fixtures/random.ts';
import type { NodeFacts } from '../nat/node-facts.ts';
import { makeDecider, simulate } from '../nat/simulate.ts';
import { verdictCodes } from '../nat/verdict.ts';
import type { Pool } from '../pool/spec.ts';
import { compile } from './compile.ts';
import type { Program } from './model.ts';
import { parseIpsetSave, parseSave } from './parse.ts';
import { jumpText, renderRules, renderSets } from './render.ts';
import { flowTracer, type ReportedRules, traceFlow } from './trace.ts';

/** The way of an agent: what was rendered, parsed again, reported. */
function report(program: Program): ReportedRules {
  const rules = parseSave(renderRules(program)).flatMap(({ chains }) => chains.flatMap(({ rules: all }) => all));
  return { rules: rules.map(({ chain, text }) => ({ chain, text })), sets: parseIpsetSave(renderSets(program)) };
}

const facts: NodeFacts = {
  name: 'node-1',
  interfaces: [
    { name: 'lo', addresses: ['127.0.0.1/8', '::1/128'] },
    { name: 'up0', addresses: ['192.0.2.1/24', '2001:db8:1::1/64', 'fe80::1/64'] },
    { name: 'up1', addresses: ['10.1.0.5/26', 'fd00::100:0:5/122'] },
  ],
  routes: [
    { to: 'default', via: '192.0.2.2', dev: 'up0', src: null },
    { to: 'default', via: '2001:db8:1::2', dev: 'up0', src: null },
    { to: '10.0.0.0/27', via: '10.1.0.9', dev: 'up1', src: null },
  ],
};

/** Codes that take more than pools, settings and one node's facts. */
const outside = new Set([
  'NO_SNAT_SERVICE_REFUSED',
  'SNAT_SERVICE_PROXY',
  'INDETERMINATE_SERVICE_UNRESOLVED',
  'INDETERMINATE_FOREIGN_RULE',
  'INDETERMINATE_HOST_NETWORK',
]);

test('random states and flows: the tracer over the programmed rules says what simulate says', () => {
  const random = randomFrom(3);
  const seen = new Map<string, number>();
  for (let round = 0; round < 150; round++) {
    const pools = randomPools(random, random.below(25));
    const settings = randomSettings(random);
    const hosts = randomHosts(random);
    const decider = makeDecider({ pools, settings, hosts });
    const reports = {
      4: report(compile({ pools, settings, hosts, family: 4, randomFully: random.chance(0.5) })),
      6: report(compile({ pools, settings, hosts, family: 6, randomFully: random.chance(0.5) })),
    };
    const tracers = {
      known: { 4: flowTracer(reports[4], facts), 6: flowTracer(reports[6], facts) },
      unknown: { 4: flowTracer(reports[4]), 6: flowTracer(reports[6]) },
    };
    for (let i = 0; i < 60; i++) {
      const flow = randomFlow(random);
      const node = random.chance(0.5) ? facts : undefined;
      const said = simulate(decider, flow, node);
      const family = flow.from.includes(':') ? 6 : 4;
      const traced = traceFlow(reports[family], flow, node);
      // one of many: the same answer, step by step
      if (i % 6 === 0) expect(tracers[node === undefined ? 'unknown' : 'known'][family](flow)).toEqual(traced);
      if (!said.ok || !traced.ok) throw new Error(JSON.stringify([flow, said, traced]));
      const answer = ({ verdict, code, source }: typeof said.value) => ({ verdict, code, source });
      expect(answer(traced.value), JSON.stringify({ flow, pools, settings, hosts })).toEqual(answer(said.value));
      seen.set(said.value.code, (seen.get(said.value.code) ?? 0) + 1);
    }
  }
  expect([...seen.keys()].sort()).toEqual(verdictCodes.filter((code) => !outside.has(code)).sort());
  for (const count of seen.values()) expect(count).toBeGreaterThan(5);
});

describe('a kernel that differs from what was asked', () => {
  const pools: Pool[] = [{ name: 'a', spec: { cidr: '10.10.0.0/24', natOutgoing: true } }];
  const good = report(compile({ pools, settings: {}, hosts: [], family: 4, randomFully: true }));
  const flow = { from: '10.10.0.2', to: '192.0.2.99' };
  const code = (reported: ReportedRules) => {
    const traced = traceFlow(reported, flow);
    return traced.ok ? traced.value.code : traced.errors;
  };
  const line = (text: string) => ({ chain: text.split(' ')[1] ?? '', text });
  const withRules = (...texts: string[]) => ({ ...good, rules: texts.map(line) });
  const own = good.rules.find(({ chain }) => chain === 'OUTGATE-POSTROUTING')?.text ?? '';

  test('as asked it is NATed', () => expect(code(good)).toBe('SNAT_MASQUERADE'));
  test('no jump, no chain, an empty set: not NATed', () => {
    expect(code(withRules(own))).toBe('NO_SNAT_POOL_NAT_OFF');
    expect(code(withRules(jumpText))).toBe('NO_SNAT_POOL_NAT_OFF');
    expect(code({ ...good, sets: good.sets.map((set) => ({ ...set, members: [] })) })).toBe(
      'NO_SNAT_SOURCE_NOT_IN_POOL',
    );
  });
  test('a set that was not reported, an unreadable rule of our chain: not guessed', () => {
    expect(code({ ...good, sets: [] })).toBe('INDETERMINATE_FOREIGN_RULE');
    expect(code(withRules('-A OUTGATE-POSTROUTING -m mark --mark 0x1/0x1 -j ACCEPT', own, jumpText))).toBe(
      'INDETERMINATE_FOREIGN_RULE',
    );
    expect(code(withRules('-A OUTGATE-POSTROUTING -d 8.8.8.8/32 -j ACCEPT', own, jumpText))).toBe('SNAT_MASQUERADE');
  });
  test.each([
    ['-A POSTROUTING -j SNAT --to-source 192.0.2.11', 'INDETERMINATE_FOREIGN_RULE'],
    ['-A POSTROUTING -s 10.10.0.0/16 -j MASQUERADE', 'INDETERMINATE_FOREIGN_RULE'],
    ['-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE', 'SNAT_MASQUERADE'],
    ['-A POSTROUTING ! -s 10.10.0.0/16 -j ACCEPT', 'SNAT_MASQUERADE'],
    ['-A POSTROUTING ! -d 192.0.2.99/32 -j ACCEPT', 'SNAT_MASQUERADE'],
    ['-A POSTROUTING -p udp -j ACCEPT', 'SNAT_MASQUERADE'],
    ['-A POSTROUTING -p tcp -m comment --comment "-p udp" -j ACCEPT', 'INDETERMINATE_FOREIGN_RULE'],
    ['-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING', 'SNAT_MASQUERADE'],
    ['-A POSTROUTING -j LOG', 'SNAT_MASQUERADE'],
    ['-A POSTROUTING -j CLASSIFY --set-class 1:1', 'SNAT_MASQUERADE'],
    ['-A POSTROUTING -j SOMEBODYS-CHAIN', 'INDETERMINATE_FOREIGN_RULE'],
    ['-A POSTROUTING -j RETURN', 'INDETERMINATE_FOREIGN_RULE'],
  ])('foreign first: %s -> %s', (text, expected) => {
    expect(code({ ...good, rules: [line(text), ...good.rules] })).toBe(expected);
  });
  test('a foreign rule after our jump changes nothing', () => {
    expect(code({ ...good, rules: [...good.rules, line('-A POSTROUTING -j ACCEPT')] })).toBe('SNAT_MASQUERADE');
  });
  test('a jump that lets only some packets in is not ours', () => {
    expect(code(withRules(own, '-A POSTROUTING -s 10.0.0.0/8 -j OUTGATE-POSTROUTING'))).toBe(
      'INDETERMINATE_FOREIGN_RULE',
    );
  });
  test('another target under our own comment is read as what it does', () => {
    const edited = own.replace('-j MASQUERADE --random-fully', '-j SNAT --to-source 192.0.2.5:100-200');
    const traced = traceFlow(withRules(edited, jumpText), { ...flow, proto: 'tcp' });
    expect(traced.ok && [traced.value.code, traced.value.source]).toEqual([
      'SNAT_FIXED_ADDRESS',
      { address: '192.0.2.5', interface: null, ports: [100, 200] },
    ]);
  });
  test('of members inside each other the narrowest is named, as the kernel counts it', () => {
    const around = [{ cidr: '10.0.0.0/8' }, { cidr: '10.10.0.0/16' }];
    const widened = (order: (members: readonly { cidr: string }[]) => readonly { cidr: string }[]): ReportedRules => ({
      ...good,
      sets: good.sets.map((set) =>
        set.name === 'outgate-src-v4' ? { ...set, members: order([...around, ...set.members]) } : set,
      ),
    });
    for (const given of [widened((all) => all), widened((all) => all.toReversed())]) {
      for (const traced of [traceFlow(given, flow, facts), flowTracer(given, facts)(flow)]) {
        expect(JSON.stringify(traced)).toContain('10.10.0.0/24 of outgate-src-v4 holds 10.10.0.2');
      }
    }
  });

  test('steps name the rule, the members and what they hold', () => {
    const traced = traceFlow(good, flow);
    const match = traced.ok ? traced.value.steps.find((one) => one.code === 'RULE_MATCHES') : undefined;
    expect(match?.text).toBe(
      'Rule 1 matches: no member of outgate-exempt-v4 holds 192.0.2.99, 10.10.0.0/24 of outgate-src-v4 holds 10.10.0.2. Its target is MASQUERADE.',
    );
    expect(match?.rule).toMatch(/^outgate:[0-9a-f]{16}$/);
  });
  test('a bad flow is refused as simulate refuses it', () => {
    expect(traceFlow(good, { from: 'x', to: 'y' })).toEqual(
      simulate(makeDecider({ pools, settings: {}, hosts: [] }), { from: 'x', to: 'y' }),
    );
  });
});
