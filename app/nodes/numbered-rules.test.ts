import { expect, it } from 'vitest';
import { numberedRules } from './numbered-rules.ts';

const rule = (chain: string, text: string, hash = '') => ({ chain, text, hash, packets: 0, bytes: 0 });
const foreign = rule('POSTROUTING', '-A POSTROUTING -j KUBE-POSTROUTING');
const jump = rule('POSTROUTING', '-A POSTROUTING -m comment --comment "outgate:x" -j OUTGATE-POSTROUTING', 'x');
const own = rule('OUTGATE-POSTROUTING', '-A OUTGATE-POSTROUTING -j MASQUERADE', 'y');

it('puts our chain below its jump, where the packet goes', () => {
  const numbers = numberedRules([foreign, jump, foreign, own, own]).map(({ number, ours }) => [number, ours]);
  expect(numbers).toEqual([
    ['1', false],
    ['2', true],
    ['2.1', true],
    ['2.2', true],
    ['3', false],
  ]);
});

it('shows a chain to which no jump leads', () => {
  expect(numberedRules([foreign, own]).map(({ number }) => number)).toEqual(['1', '–.1']);
});
