import { expect, test } from 'vitest';
import { conditionSchema } from '../core/wire/report.ts';
import { conditionList } from './conditions.ts';

const list = () => conditionList(() => '2026-01-01T00:00:00Z');

test('a message stays within what the server takes, and in whole characters', () => {
  const conditions = list();
  const text = `${'m'.repeat(1998)}\u{1f600}${'m'.repeat(5000)}`;
  conditions.set('Programmed', 'False', 'CommandFailed', text);
  conditions.replace('Drifted', 'True', [
    { reason: 'RuleExtra', message: text },
    { reason: 'RuleExtra', message: text },
  ]);
  const all = conditions.list();
  expect(all).toHaveLength(2);
  for (const one of all) {
    expect(conditionSchema.safeParse(one).success).toBe(true);
    expect(one.message).toBe(`${'m'.repeat(1998)}…`);
  }
  conditions.set('Programmed', 'True', 'AsDesired', 'm'.repeat(2000));
  expect(conditions.list()[1]?.message).toBe('m'.repeat(2000));
});
