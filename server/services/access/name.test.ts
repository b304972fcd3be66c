import { expect, it } from 'vitest';
import { newApiTokenSchema } from './api-tokens.ts';
import { newJoinTokenSchema } from './join-tokens.ts';

const api = (name: string) => newApiTokenSchema.safeParse({ name, role: 'viewer' });
const join = (name: string) => newJoinTokenSchema.safeParse({ name });

it.each([
  ['composed', 'caf\u00e9', 'caf\u00e9'],
  ['decomposed', 'cafe\u0301', 'caf\u00e9'],
  ['Vietnamese, two marks', 'Vie\u0323\u0302t', 'Vi\u1ec7t'],
  ['a mark that no composed letter has', 'x\u0301 1', 'x\u0301 1'],
  ['Devanagari vowels', '\u0939\u093f\u0928\u094d\u0926\u0940', '\u0939\u093f\u0928\u094d\u0926\u0940'],
  ['Thai', '\u0e01\u0e33\u0e25\u0e31\u0e07', '\u0e01\u0e33\u0e25\u0e31\u0e07'],
  ['Arabic with vowels', '\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f', undefined],
  ['Han and digits', '\u6771\u4eac 1', '\u6771\u4eac 1'],
  ['blanks around', '  ci/build_1@x:2.0-a ', 'ci/build_1@x:2.0-a'],
])('a name may be %s', (_what, given, kept) => {
  for (const read of [api(given), join(given)]) {
    expect(read.error).toBeUndefined();
    if (kept !== undefined) expect(read.data?.name).toBe(kept);
  }
});

it.each([
  ['nothing', ' '],
  ['control', 'a\u0007'],
  ['a line break', 'a\nb'],
  ['an escape', 'a\u001b[31m'],
  ['right to left override', 'a\u202eb'],
  ['a bidi isolate', 'a\u2066b'],
  ['no width', 'a\u200bb'],
  ['a byte order mark inside', 'a\ufeffb'],
  ['a soft hyphen', 'a\u00adb'],
  ['a tag character', 'a\u{e0041}'],
  ['a letter without a shape', 'a\u3164'],
  ['a mark without a shape', 'a\u034f'],
  ['a line separator', 'a\u2028b'],
  ['another blank', 'a\u00a0b'],
  ['unassigned', 'a\u0378'],
  ['private', 'a\ue000'],
  ['half a pair', 'a\ud800'],
  ['a mark on nothing', '\u0301a'],
])('a name must not hold %s', (_what, given) => {
  for (const { error } of [api(given), join(given)]) {
    expect(error?.issues[0]?.path).toEqual(['name']);
    expect(error?.issues[0]?.message).toMatch(/^the name must /);
  }
});

it('symbols and brackets are for join tokens alone: History puts the name of an API token into brackets', () => {
  for (const name of ['rack (2)', 'a; b', '\u2601\ufe0f 1']) {
    expect(join(name).success).toBe(true);
    expect(api(name).error?.issues[0]?.message).toMatch(/letters, digits, spaces/);
  }
});
