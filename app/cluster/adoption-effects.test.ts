import { expect, it } from 'vitest';
import { adoptionEffects } from './adoption-effects.ts';

const pool = (name: string, owner = 'kubectl', violations: unknown[] = []) => ({ name, owner, violations });

it('says what changes: who is named as an owner, and nothing in NAT', () => {
  expect(adoptionEffects([pool('a'), pool('b', 'calicoctl', ['C17'])])).toEqual([
    'a and b become ours as the cluster has them.',
    'NAT does not change: no node sees a difference.',
    'In the cluster outgate is named as an owner of the fields, beside calicoctl and kubectl.',
    'What b breaks stays as it is.',
  ]);
  expect(adoptionEffects([pool('a')])[0]).toBe('a becomes ours as the cluster has it.');
});

it('names a few of many', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => pool(`p${index}`));
  expect(adoptionEffects(many)[0]).toBe(
    'p0, p1, p2, p3, p4, p5, p6, p7 and 9992 more become ours as the cluster has them.',
  );
});
