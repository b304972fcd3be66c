/** Which checks failed, from the runners' JSON reports: said last, so that a log that was cut still tells. */

export interface Failure {
  /** of the test file, as the runner gives it */
  readonly file: string;
  readonly name: string;
  readonly message: string;
}

const LINES_OF_A_MESSAGE = 6;
const MOST = 40;

/** One paragraph for each failure: where, what, and the first lines of its message. */
export function failureText(part: string, failures: readonly Failure[]): string {
  const shown = failures.slice(0, MOST).map(({ file, name, message }) => {
    const first = plain(message).trim().split('\n').slice(0, LINES_OF_A_MESSAGE);
    return [`FAILED ${part}: ${[file, name].filter((word) => word !== '').join(' > ')}`, ...first].join('\n    ');
  });
  const more = failures.length - shown.length;
  return [...shown, ...(more > 0 ? [`FAILED ${part}: and ${more} more`] : [])].join('\n');
}

/** How many lines of a part are kept for {@link unnamedFailureText}: an error outside of tests with its trace, and the sums. */
export const LAST_WORDS = 60;

/** A part that failed although its report names no test: an error outside of tests, or a process that would not end. */
export function unnamedFailureText(part: string, lastWords: readonly string[]): string {
  return [`FAILED ${part}: no test of it is named, it said last`, ...lastWords.map(plain)].join('\n    ');
}

interface VitestFile {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failureMessages: readonly string[] | null;
  }[];
}

/** A file that does not load has no test: its own message tells. Files are named from `root` on. */
export function vitestFailures(text: string | null, root: string): Failure[] {
  const files = (parse(text) as { testResults?: readonly VitestFile[] } | null)?.testResults ?? [];
  return files.flatMap(({ name, status, message, assertionResults }) => {
    const file = name.startsWith(root) ? name.slice(root.length) : name;
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0 && status === 'failed') return [{ file, name: '', message }];
    return failed.map((test) => ({ file, name: test.fullName, message: (test.failureMessages ?? []).join('\n') }));
  });
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly file: string;
    readonly tests: readonly {
      readonly status: string;
      readonly results: readonly { readonly errors: readonly { readonly message?: string }[] }[];
    }[];
  }[];
}

/** Errors outside of tests (a file that does not load) come last. */
export function playwrightFailures(text: string | null): Failure[] {
  const report = parse(text) as (PlaywrightSuite & { errors?: readonly { message?: string }[] }) | null;
  const of = (suite: PlaywrightSuite): Failure[] => [
    ...(suite.specs ?? []).flatMap(({ title, file, tests }) =>
      tests
        .filter(({ status }) => status === 'unexpected' || status === 'flaky')
        .map(({ results }) => {
          const errors = results.flatMap((result) => result.errors);
          return { file, name: title, message: errors.map((error) => error.message ?? '').join('\n') };
        }),
    ),
    ...(suite.suites ?? []).flatMap(of),
  ];
  if (report === null) return [];
  return [...of(report), ...(report.errors ?? []).map(({ message = '' }) => ({ file: '', name: 'error', message }))];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal begin with one
const plain = (text: string): string => text.replace(/\u001b\[[0-9;]*m/g, '');

function parse(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
