import { expect, it } from 'vitest';
import { adoptionEffects } from './adoption-effects.ts';

const pool = (name: string, owner = 'kubectl', violations: unknown[] = [], managers: string[] = []) => ({
  name,
  owner,
  violations,
  managers,
});

it('says what changes: who is named as an owner, and nothing in NAT', () => {
  expect(adoptionEffects([pool('a'), pool('b', 'calicoctl', ['C17'])])).toEqual([
    'a and b become ours as the cluster has them.',
    'NAT does not change: no node sees a difference.',
    'In the cluster outgate is named as an owner of the fields, beside calicoctl and kubectl.',
    'What b breaks stays as it is.',
  ]);
  expect(adoptionEffects([pool('a')])[0]).toBe('a becomes ours as the cluster has it.');
});

it('who else holds fields stays so, and stands in the way of the next change of one', () => {
  const pools = [
    pool('a', 'kubectl', [], ['outgate', 'kubectl-create']),
    pool('b', 'calicoctl', [], ['calicoctl', 'kubectl-create']),
  ];
  expect(adoptionEffects(pools)).toContain(
    'calicoctl and kubectl-create stay holders of fields: the next change of one that they hold is contested, until ours is applied by force or the policy is enforce.',
  );
  expect(adoptionEffects(pools.slice(0, 1))).toContain(
    'kubectl-create stays a holder of fields: the next change of one that it holds is contested, until ours is applied by force or the policy is enforce.',
  );
});

it('names a few of many', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => pool(`p${index}`, 'kubectl', ['C17']));
  const named = 'p0, p1, p2, p3, p4, p5, p6, p7 and 9,992 more';
  expect(adoptionEffects(many)[0]).toBe(`${named} become ours as the cluster has them.`);
  expect(adoptionEffects(many).at(-1)).toBe(`What ${named} break stays as it is.`);
});
