import { expect, it } from 'vitest';
import type { Condition } from '../../../core/wire/report.ts';
import { type DatedCondition, dateConditions } from './date-conditions.ts';

const now = new Date('2026-11-28T12:00:00.000Z');
const said = (since: string, more: Partial<Condition> = {}): Condition => ({
  type: 'Programmed',
  status: 'True',
  reason: 'AsDesired',
  message: '',
  since,
  ...more,
});
const dated = (since: string, before: readonly Condition[] = []) =>
  dateConditions([said(since)], before, now)[0]?.since;

it('a time that can be is taken as it is said', () => {
  expect(dated('2026-11-28T11:59:59Z')).toBe('2026-11-28T11:59:59Z');
});

it.each(['1970-01-01T00:00:00Z', '2026-11-28T12:00:01Z', '9999-12-31T23:59:59Z', '0000-01-01T00:00:00Z'])(
  '%s is when it was first heard, and stays that',
  (since) => {
    expect(dated(since)).toBe(now.toISOString());
    const first = said('2026-11-28T11:00:00.000Z');
    expect(dated(since, [first])).toBe(first.since);
    expect(dated(since, [said(first.since, { status: 'False' })])).toBe(now.toISOString());
  },
);

it('of a clock that is ahead it stays when it was first heard, also when the time that it said has come', () => {
  const ahead = said('2026-11-28T12:10:00Z');
  const reported = (after: number, before: readonly DatedCondition[], condition = ahead) =>
    dateConditions([condition], before, new Date(now.getTime() + after * 60_000));
  const first = reported(0, []);
  const kept = reported(15, reported(5, first));
  expect([first, kept].map(([one]) => one?.since)).toEqual([now.toISOString(), now.toISOString()]);
  // it was otherwise in between: another time, by the same clock
  const anew = said('2026-11-28T12:12:00Z');
  expect(reported(16, kept, anew)[0]?.since).toBe(anew.since);
});
