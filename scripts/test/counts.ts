/** How many checks passed, failed and were skipped, and the line that says so. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const none: Counts = { passed: 0, failed: 0, skipped: 0 };

export const add = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

export const summary = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

/**
 * Counts of a runner's JSON report, or one failure when there is no report. A runner that ends with an error although no
 * test failed (a file that does not load, an error after the last test) counts as one failure as well.
 */
export function counted(report: Counts | null, exitCode: number): Counts {
  if (report === null) return { ...none, failed: 1 };
  return exitCode !== 0 && report.failed === 0 ? { ...report, failed: 1 } : report;
}

/** Vitest's `json` reporter. A file that does not load is a failed suite without tests. */
export function fromVitest(text: string | null): Counts | null {
  const report = parse(text) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
  } | null;
  if (report === null) return null;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Playwright's `json` reporter. */
export function fromPlaywright(text: string | null): Counts | null {
  const report = parse(text) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  } | null;
  if (report === null) return null;
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { passed: expected, failed: unexpected + flaky, skipped };
}

function parse(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
