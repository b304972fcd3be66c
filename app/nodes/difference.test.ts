import { describe, expect, it } from 'vitest';
import { compile } from '../../core/rules/compile.ts';
import { jumpText, ruleText } from '../../core/rules/render.ts';
import type { ReportedFamily } from '../../core/wire/report.ts';
import { differenceOf, membersOf, picksAtRandom } from './difference.ts';

const wanted = compile({
  pools: [{ name: 'a', spec: { cidr: '192.168.0.0/16', natOutgoing: true } }],
  settings: {},
  hosts: [],
  family: 4,
  randomFully: true,
});
const rule = (chain: string, text: string) => ({ chain, text, hash: '', packets: 0, bytes: 0 });
const good: ReportedFamily = {
  rules: [
    rule('POSTROUTING', '-A POSTROUTING -j KUBE-POSTROUTING'),
    rule('POSTROUTING', jumpText),
    ...wanted.rules.map((each) => rule('OUTGATE-POSTROUTING', ruleText(each))),
  ],
  sets: wanted.sets.map(({ name, members }) => ({
    name,
    members: members.map((cidr) => ({ cidr, packets: 0, bytes: 0 })),
  })),
};

describe('the difference between desired and programmed', () => {
  it('is empty when the kernel holds what is wanted, whatever others have', () => {
    expect(differenceOf(wanted, good)).toEqual([]);
  });
  it('names members too many and too few', () => {
    const [src, exempt] = good.sets;
    const extra = { cidr: '198.51.100.0/24', packets: 0, bytes: 0 };
    const held = {
      ...good,
      sets: [
        { name: src?.name ?? '', members: [] },
        { name: exempt?.name ?? '', members: [...(exempt?.members ?? []), extra] },
      ],
    };
    expect(differenceOf(wanted, held)).toEqual([
      { kind: 'missing', text: 'add outgate-src-v4 192.168.0.0/16' },
      { kind: 'extra', text: 'add outgate-exempt-v4 198.51.100.0/24' },
    ]);
    expect(membersOf(wanted, held).get('outgate-exempt-v4')?.extra.has('198.51.100.0/24')).toBe(true);
  });
  it('names a changed rule on both sides', () => {
    const text = wanted.rules.map(ruleText)[0] ?? '';
    const changed = text.replace('-j MASQUERADE', '-j ACCEPT');
    const held = { ...good, rules: good.rules.map((each) => (each.text === text ? { ...each, text: changed } : each)) };
    expect(differenceOf(wanted, held)).toEqual([
      { kind: 'missing', text },
      { kind: 'extra', text: changed },
    ]);
  });
  it('names a lost jump, one too many, and one that is not last', () => {
    const without = good.rules.filter(({ text }) => text !== jumpText);
    expect(differenceOf(wanted, { ...good, rules: without })).toEqual([{ kind: 'missing', text: jumpText }]);
    const twice = { ...good, rules: [rule('POSTROUTING', jumpText), ...good.rules] };
    expect(differenceOf(wanted, twice)).toEqual([{ kind: 'extra', text: jumpText }]);
    const after = [...good.rules, rule('POSTROUTING', '-A POSTROUTING -j ACCEPT')];
    expect(differenceOf(wanted, { ...good, rules: after }).map(({ kind }) => kind)).toEqual(['extra']);
  });
  it('names sets that are gone or of an earlier setting', () => {
    const held = { ...good, sets: [...good.sets.slice(1), { name: 'outgate-nodes-v4', members: [] }] };
    expect(differenceOf(wanted, held).map(({ text }) => text)).toEqual([
      'create outgate-src-v4, 1 members',
      'create outgate-nodes-v4',
    ]);
  });
});

it('reads from the rules whether ports are picked at random', () => {
  expect(picksAtRandom(good)).toBe(true);
  const plain = good.rules.map((each) => ({ ...each, text: each.text.replace(' --random-fully', '') }));
  expect(picksAtRandom({ ...good, rules: plain })).toBe(false);
});
