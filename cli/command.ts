/** What every command of the CLI is: its texts, and a run that answers with the exit code. */
import type { Readable, Writable } from 'node:stream';

export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

export interface Command {
  /** one line for the list of commands */
  readonly summary: string;
  /** the lines after `Usage: ` */
  readonly usage: string;
  /** Exit code: 0 as asked, 1 the answer is "no". Throws UsageError or InputError, which end as 2. */
  run(args: readonly string[], io: Io): Promise<number>;
}

/** The command was called wrongly: answered with the command's usage. */
export class UsageError extends Error {}

/** The input cannot be used (missing file, unreadable document): answered with these lines alone. */
export class InputError extends Error {}

/** Writes and waits while the reader is slow: a process that ends early would cut its own output. */
export function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
