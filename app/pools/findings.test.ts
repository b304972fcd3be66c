import { expect, test } from 'vitest';
import type { Pool } from '../../core/pool/spec.ts';
import { withChange } from './draft.ts';
import { errorsOf, findingsOf, messagesFor, withServerFindings } from './findings.ts';

const pool = (spec: Pool['spec'], name = 'a'): Pool => ({ name, spec });
const rules = (...args: Parameters<typeof findingsOf>): string[] =>
  errorsOf(findingsOf(...args)).map(({ rule }) => rule);

test('everything at once', () => {
  const found = findingsOf(
    pool({ cidr: '10.0.0.1/8', ipipMode: 'Always', vxlanMode: 'Always' }, 'Bad Name'),
    [pool({ cidr: '10.1.0.0/16' }, 'b')],
    undefined,
  );
  expect(found.map(({ rule }) => rule)).toEqual(['', 'C1', 'C10', 'C17']);
  expect(messagesFor(found, 'spec.cidr')).toHaveLength(2);
});

test('each fix makes its violation go away', () => {
  const specs: Pool['spec'][] = [
    { cidr: '10.1.2.3' },
    { cidr: '10.1.2.3/8' },
    { cidr: '10.0.0.0/8', ipipMode: 'Always', vxlanMode: 'Always' },
    { cidr: '10.0.0.0/8', ipipMode: 'Always', allowedUses: ['LoadBalancer'] },
    { cidr: '10.0.0.0/8', allowedUses: ['LoadBalancer', 'Workload'] },
    { cidr: 'fd00::/64', ipipMode: 'Always' },
    { cidr: '10.0.0.0/8', disableBGPExport: true, allowedUses: ['LoadBalancer'] },
    { cidr: '10.0.0.0/8', nodeSelector: 'a == "b"', allowedUses: ['LoadBalancer'] },
    { cidr: '10.0.0.0/8', namespaceSelector: 'all()' },
    { cidr: '10.0.0.0/8', nodeSelector: 'has(' },
    { cidr: '10.0.0.0/8', namespaceSelector: 'a ==', allowedUses: ['Workload'] },
    { cidr: '10.0.0.0/8', blockSize: 12 },
    { cidr: '10.0.0.0/30' },
  ];
  for (const spec of specs) {
    const [found] = errorsOf(findingsOf(pool(spec), [], undefined));
    expect(found?.fix, JSON.stringify(spec)).toBeTruthy();
    const fixed = withChange(spec, found?.fix?.change ?? {});
    expect(rules(pool(fixed), [], undefined), JSON.stringify(fixed)).not.toContain(found?.rule);
  }
});

test('what was broken before does not block, what gets worse does', () => {
  const others = [pool({ cidr: '10.1.0.0/16' }, 'b')];
  const before = pool({ cidr: '10.0.0.0/8' });
  const same = findingsOf(pool({ cidr: '10.0.0.0/8', natOutgoing: true }), others, before);
  expect(same.map(({ kind, rule }) => [kind, rule])).toEqual([['known', 'C17']]);
  expect(rules(pool({ cidr: '10.0.0.0/7' }), others, before)).toContain('C15');
});

test('a taken name blocks a creation only', () => {
  const others = [pool({ cidr: '10.1.0.0/16' })];
  expect(messagesFor(findingsOf(pool({ cidr: '10.2.0.0/16' }), others, undefined), 'metadata.name')).toEqual([
    "name must not be taken: a pool 'a' exists",
  ]);
  expect(rules(pool({ cidr: '10.1.0.0/16', natOutgoing: true }), others, others[0])).toEqual([]);
});

test('the server adds what only it knows', () => {
  const c17 = { rule: 'C17', field: 'spec.cidr', message: 'overlaps' };
  const ours = findingsOf(pool({ cidr: '10.0.0.0/8' }), [], undefined);
  const both = withServerFindings(ours, {
    violations: [c17, { ...c17, message: 'overlaps theirs', ofOthers: true }],
    warnings: [{ code: 'W_NODE_RANGE', field: 'spec.cidr', message: 'over nodes' }],
  });
  expect(both.map(({ kind, rule }) => [kind, rule])).toEqual([
    ['error', 'C17'],
    ['others', 'C17'],
    ['warning', 'W_NODE_RANGE'],
  ]);
  expect(errorsOf(both)).toHaveLength(1);
});
