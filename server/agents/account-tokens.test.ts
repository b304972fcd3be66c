/** What is remembered of a review, and for how long. The answers are those of a real API server (fixtures). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { beforeEach, expect, it } from 'vitest';
import { accountTokens } from './account-tokens.ts';

const file = join(import.meta.dirname, '../kube/fixtures/token-review.json');
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: { name: string; answer: object }[] };
const answerOf = (name: string) => cases.find((one) => one.name === name)?.answer;
const account = { namespace: 'outgate', name: 'outgate-agent' };

let clock = 0;
let reviews = 0;
beforeEach(() => {
  clock = 1_800_000_000_000;
  reviews = 0;
});
/** A token that says good or bad, and when it expires; the answer is the cluster's. */
const token = (says: string, seconds: number, more = ''): string =>
  `h.${Buffer.from(JSON.stringify({ says, exp: clock / 1000 + seconds, more })).toString('base64url')}.s`;
const tokens = () =>
  accountTokens({
    account,
    now: () => clock,
    review: async (text) => {
      reviews++;
      const { says } = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()) as { says: string };
      return answerOf(says);
    },
  });
const GOOD = 'agent pod on node-a';

it('a good answer counts for a minute, then it is asked for again', async () => {
  const { check } = tokens();
  const good = token(GOOD, 3600);
  await Promise.all(Array.from({ length: 100 }, () => check(good, 'x')));
  clock += 59_000;
  expect(await check(good, 'x')).toMatchObject({ kind: 'agent', node: 'node-a', expires: 1_800_003_600_000 });
  expect(reviews).toBe(1);
  clock += 2_000;
  await check(good, 'x');
  expect(reviews).toBe(2);
});

it('no longer than the token itself, whatever the cluster still says of it', async () => {
  const { check } = tokens();
  const short = token(GOOD, 10);
  expect(await check(short, 'x')).toMatchObject({ kind: 'agent' });
  clock += 10_000;
  expect(await check(short, 'x')).toEqual({ kind: 'refused', why: 'it has expired' });
  const endless = `h.${Buffer.from(JSON.stringify({ says: GOOD })).toString('base64url')}.s`;
  expect(await check(endless, 'x')).toEqual({ kind: 'refused', why: 'it must have an expiry' });
});

it('an address whose tokens are refused again and again is not asked for any more; what was good there still is', async () => {
  const { check } = tokens();
  const good = token(GOOD, 3600);
  await check(good, 'x');
  const bad = token('garbage', 60);
  for (let index = 0; index < 50; index++) expect(await check(bad, 'x')).toMatchObject({ kind: 'refused' });
  expect(reviews).toBe(2);
  for (let index = 0; index < 299; index++) await check(token('garbage', 60, String(index)), 'x');
  expect(reviews).toBe(301);
  expect(await check(token('garbage', 60, 'one more'), 'x')).toEqual({ kind: 'limited', seconds: expect.any(Number) });
  expect(await check(token(GOOD, 60), 'y')).toMatchObject({ kind: 'agent' });
  clock += 61_000;
  expect(await check(good, 'x')).toMatchObject({ kind: 'agent' });
  expect(reviews).toBe(303);
});

it('many tokens at once are reviewed a few at a time, and no more of them than may be refused', async () => {
  let most = 0;
  let running = 0;
  const slow = { kind: 'away', why: 'the API server is away' };
  const { check } = accountTokens({
    account,
    now: () => clock,
    review: async () => {
      reviews++;
      most = Math.max(most, ++running);
      await setImmediate();
      running--;
      throw new Error(slow.why);
    },
  });
  const verdicts = await Promise.all(Array.from({ length: 900 }, (_, index) => check(token('?', 60, `${index}`), 'x')));
  expect(most).toBe(8);
  expect(reviews).toBe(300);
  expect(verdicts.slice(0, 300)).toEqual(Array.from({ length: 300 }, () => slow));
  expect(new Set(verdicts.slice(300).map(({ kind }) => kind))).toEqual(new Set(['limited']));
  expect(await check(token('?', 60), 'y')).toEqual(slow);
});

it('agents that come from one address at once are all let in', async () => {
  const { check } = tokens();
  const verdicts = await Promise.all(
    Array.from({ length: 900 }, (_, index) => check(token(GOOD, 60, `${index}`), 'x')),
  );
  expect(new Set(verdicts.map(({ kind }) => kind))).toEqual(new Set(['agent']));
});

it('while the places are taken others are told to come again, and what was good is asked for', async () => {
  let answers = true;
  const { check } = accountTokens({
    account,
    now: () => clock,
    review: () => (answers ? Promise.resolve(answerOf(GOOD)) : new Promise(() => undefined)),
  });
  const good = token(GOOD, 3600);
  await check(good, 'x');
  answers = false;
  for (let index = 0; index < 8; index++) void check(token('?', 60, `${index}`), 'x');
  for (let index = 0; index < 1000; index++) void check(token('?', 60, `w${index}`), 'x');
  const why = 'too many tokens wait for their review';
  expect(await check(token('?', 60, 'one more'), 'y')).toEqual({ kind: 'away', why });
  answers = true;
  clock += 61_000;
  expect(await check(good, 'x')).toMatchObject({ kind: 'agent' });
});

it('while nobody can say, what was good is good until it expires, and what was refused is not', async () => {
  let answers = true;
  const { check } = accountTokens({
    account,
    now: () => clock,
    review: async (text) => {
      reviews++;
      const { says } = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()) as { says: string };
      if (!answers) throw new Error('the API server is away');
      return answerOf(says);
    },
  });
  const [good, bad] = [token(GOOD, 600), token('garbage', 600)];
  const verdict = await check(good, 'x');
  await check(bad, 'x');
  answers = false;
  clock += 61_000;
  expect(await check(good, 'x')).toEqual(verdict);
  expect(await check(bad, 'x')).toMatchObject({ kind: 'away' });
  expect(await check(token(GOOD, 600, 'never seen'), 'x')).toMatchObject({ kind: 'away' });
  // each report of an agent must not wait for an answer that does not come
  const asked = reviews;
  clock += 4_000;
  expect(await check(good, 'x')).toEqual(verdict);
  expect(reviews).toBe(asked);
  clock += 536_000;
  expect(await check(good, 'x')).toMatchObject({ kind: 'away' });
  answers = true;
  expect(await check(good, 'x')).toEqual({ kind: 'refused', why: 'it has expired' });
});
