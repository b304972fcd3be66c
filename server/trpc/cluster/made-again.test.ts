import { afterAll, beforeAll, expect, it } from 'vitest';
import { refusal, type TestApi, testApi } from '../../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api?.close());

const pools = [{ name: 'a', version: 1, seen: '' }];

it.each([
  ['to look at', () => api.caller('viewer').cluster.previewMadeAgain()],
  ['to decide about', () => api.caller('editor').cluster.resolveMadeAgain({ choice: 'theirs', pools, reason: 'r' })],
])('many pools %s are work: an account gets so much of it at once and no more', async (_, ask) => {
  const asked = await Promise.all(Array.from({ length: 40 }, () => refusal(ask())));
  expect(asked.filter(({ reason }) => reason === 'TOO_MANY_ATTEMPTS')).toHaveLength(40 - 2 - 16);
});
