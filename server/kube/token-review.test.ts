import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readTokenReview } from './token-review.ts';

interface Case {
  readonly name: string;
  readonly accept: string | null;
  readonly answer: { readonly status: Record<string, unknown> & { user: { extra?: Record<string, string[]> } } };
}
const file = join(import.meta.dirname, 'fixtures/token-review.json');
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] };
const account = { namespace: 'outgate', name: 'outgate-agent' };
const [good] = cases as [Case, ...Case[]];

it.each(cases)('answers of a real API server: $name', ({ accept, answer }) => {
  const read = readTokenReview(answer, account);
  expect(read.ok ? read.node : null).toBe(accept);
});

it('takes an answer for no other account, no other audience, and none that names two nodes', () => {
  const { status } = good.answer;
  const node = { ...status.user.extra, 'authentication.kubernetes.io/node-name': ['node-a', 'node-b'] };
  for (const [answer, why] of [
    [{ status: { ...status, audiences: ['https://kubernetes.default.svc'] } }, 'audience must be outgate'],
    [{ status: { ...status, authenticated: 'true' } }, 'does not know'],
    [{ status: { ...status, user: { ...status.user, extra: node } } }, 'bound to a node'],
    [{}, 'does not know'],
    [null, 'does not know'],
  ] as const) {
    expect(readTokenReview(answer, account)).toEqual({ ok: false, why: expect.stringContaining(why) });
  }
  for (const other of [
    { ...account, name: 'outgate' },
    { ...account, namespace: 'default' },
  ])
    expect(readTokenReview(good.answer, other)).toEqual({ ok: false, why: expect.stringContaining(other.namespace) });
});
