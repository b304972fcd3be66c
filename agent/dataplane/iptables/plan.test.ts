import { describe, expect, it } from 'vitest';
import { parseIpsetSave, parseSave } from '../../../core/rules/parse.ts';
import { jumpText, ruleText } from '../../../core/rules/render.ts';
import { holdState, wantedOf } from '../../held-state.ts';
import type { HeldFamily, Step } from '../driver.ts';
import { planFamily } from './plan.ts';

const state = (natOutgoing = true, count = 1) => {
  const pools = Array.from({ length: count }, (_, i) => ({
    name: `p${i}`,
    spec: { cidr: `10.${i >> 8}.${i & 255}.0/24`, natOutgoing },
  }));
  return wantedOf(holdState(pools, { global: {}, nodes: {} }, []), 'n1')[4];
};
const rules = (text: string) => parseSave(text).flatMap(({ chains }) => chains.flatMap((chain) => [...chain.rules]));

/** A kernel that holds exactly what is wanted, with what is given put in its place. */
function held(
  changed: Partial<{ chain: string[] | null; postrouting: string[]; sets: string; leftovers: string[] }> = {},
): HeldFamily {
  const sets =
    changed.sets ??
    `create outgate-src-v4 hash:net family inet hashsize 1024 maxelem 65536 counters bucketsize 12 initval 0x1
add outgate-src-v4 10.0.0.0/24 packets 3 bytes 252
create outgate-exempt-v4 hash:net family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x2
add outgate-exempt-v4 10.0.0.0/24
`;
  const chain = changed.chain === undefined ? state().rules.map(ruleText) : changed.chain;
  return {
    family: 4,
    chain: chain === null ? null : rules(chain.join('\n')),
    postrouting: rules((changed.postrouting ?? [jumpText]).join('\n')),
    sets: new Map(parseIpsetSave(sets).map((set) => [set.name, set])),
    leftovers: changed.leftovers ?? [],
  };
}
const plan = (of: HeldFamily, wanted = state()) => planFamily(wanted, of, 77);
const linesOf = (step: Step | undefined): string[] => [...(step?.lines ?? [])];
const titles = (of: HeldFamily, wanted = state()) => plan(of, wanted).steps.map(({ title }) => title);
const reasons = (of: HeldFamily) => plan(of).findings.map(({ reason }) => reason);

describe('planFamily', () => {
  it('plans nothing when nothing differs', () => {
    expect(plan(held())).toEqual({ family: 4, findings: [], steps: [] });
  });

  it('makes sets before the rules that name them, on an empty kernel', () => {
    const empty = held({ chain: null, postrouting: [], sets: '' });
    const { steps } = plan(empty);
    expect(steps.map(({ tool }) => tool)).toEqual(['ipset', 'rules']);
    expect(linesOf(steps[0]).join()).not.toContain('outgate-tmp');
    expect(linesOf(steps[1])).toEqual([
      '*nat',
      ':OUTGATE-POSTROUTING - [0:0]',
      ...state().rules.map(ruleText),
      jumpText,
      'COMMIT',
    ]);
  });

  it('changes one member by one line, with its undo', () => {
    const { steps } = plan(held(), state(false));
    expect(steps).toHaveLength(1);
    expect([linesOf(steps[0]), steps[0]?.undo]).toEqual([
      ['del outgate-src-v4 "10.0.0.0/24"'],
      ['add outgate-src-v4 "10.0.0.0/24"'],
    ]);
  });

  it('rewrites many members by a temporary set of its own process, and removes the old content last', () => {
    const many = titles(held(), state(true, 2000));
    expect(many).toEqual([
      'make and fill sets that no rule names yet',
      'swap the new outgate-src-v4 in',
      'swap the new outgate-exempt-v4 in',
      'remove outgate-tmp-77-src-v4',
      'remove outgate-tmp-77-exempt-v4',
    ]);
  });

  it('writes the jump alone when the chain is right', () => {
    const { steps } = plan(held({ postrouting: [jumpText, '-A POSTROUTING -j ACCEPT'] }));
    expect(steps.map(linesOf)).toEqual([['*nat', jumpText.replace('-A', '-D'), jumpText, 'COMMIT']]);
  });

  it('removes leftovers first, and a set that nothing wants last, after the rules', () => {
    const sets = `${'create outgate-nodes-v4 hash:net family inet maxelem 65536\n'}`;
    const of = held({ leftovers: ['outgate-tmp-1-src-v4'] });
    const withNodes = {
      ...of,
      sets: new Map([...of.sets, ...parseIpsetSave(sets).map((set) => [set.name, set] as const)]),
    };
    expect(titles(withNodes)).toEqual(['remove outgate-tmp-1-src-v4', 'remove outgate-nodes-v4']);
  });

  it('empties the chain before a set of another type goes', () => {
    const of = held({
      sets: 'create outgate-src-v4 hash:ip family inet\ncreate outgate-exempt-v4 hash:net family inet maxelem 65536\nadd outgate-exempt-v4 10.0.0.0/24\n',
    });
    expect(plan(of).steps.map((step) => [step.tool, linesOf(step)[0]])).toEqual([
      ['rules', '*nat'],
      ['ipset', 'destroy outgate-src-v4'],
      ['ipset', 'create outgate-src-v4 hash:net family inet hashsize 1024 maxelem 65536 counters'],
      ['rules', '*nat'],
    ]);
  });

  it.each([
    [{ chain: null }, ['RuleMissing']],
    [{ chain: [] }, ['RuleMissing']],
    [
      { chain: state().rules.map((one) => ruleText(one).replace('MASQUERADE --random-fully', 'ACCEPT')) },
      ['RuleChanged'],
    ],
    [{ chain: [...state().rules.map(ruleText), '-A OUTGATE-POSTROUTING -j RETURN'] }, ['RuleExtra']],
    [{ postrouting: [] }, ['JumpMissing']],
    [{ postrouting: [jumpText, jumpText] }, ['JumpDuplicated']],
    [{ postrouting: ['-A POSTROUTING -o eth0 -j OUTGATE-POSTROUTING'] }, ['RuleChanged']],
    [{ postrouting: [jumpText, '-A POSTROUTING -j FOREIGN'] }, ['JumpNotLast']],
  ])('names what it finds: %j', (changed, expected) => {
    expect(reasons(held(changed))).toEqual(expected);
  });
});
