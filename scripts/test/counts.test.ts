import { describe, expect, test } from 'vitest';
import { add, counted, fromPlaywright, fromVitest, none, summary } from './counts.ts';

describe('the last line', () => {
  test('names skips only when there are some', () => {
    expect(summary({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(summary(add({ passed: 3, failed: 1, skipped: 2 }, none))).toBe('3 passed, 1 failed, 2 skipped');
  });
});

describe('counts of a report', () => {
  test('are read from both runners', () => {
    const vitest = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 };
    expect(fromVitest(JSON.stringify(vitest))).toEqual({ passed: 5, failed: 1, skipped: 3 });
    const playwright = { stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 2 } };
    expect(fromPlaywright(JSON.stringify(playwright))).toEqual({ passed: 4, failed: 2, skipped: 2 });
  });

  test('no report, or an unreadable one, is a failure', () => {
    expect(counted(fromVitest(null), 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(counted(fromPlaywright('{'), 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  test('an error of the runner is a failure although every test passed', () => {
    expect(counted({ passed: 5, failed: 0, skipped: 0 }, 1)).toEqual({ passed: 5, failed: 1, skipped: 0 });
    expect(counted({ passed: 5, failed: 2, skipped: 0 }, 1)).toEqual({ passed: 5, failed: 2, skipped: 0 });
  });
});
