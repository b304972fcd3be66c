/** What every command of the CLI is: its texts, and a run that answers with the exit code. */
import type { Readable, Writable } from 'node:stream';
import type { ReadError } from '../core/calico/read.ts';

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

/** The input cannot be used (missing file, unreadable document): answered with these lines alone, or as JSON with `errors`. */
export class InputError extends Error {
  readonly errors: readonly ReadError[];
  constructor(message: string, errors?: readonly ReadError[]) {
    super(message);
    this.errors = errors ?? [{ file: '', document: 0, line: 0, field: '', message }];
  }
}

/** With `-o json` a program reads stdout: it finds there what a person reads on stderr. */
export async function withJsonErrors(io: Io, form: object, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof InputError) await write(io.stdout, `${JSON.stringify({ ...form, errors: error.errors })}\n`);
    throw error;
  }
}

/** Writes and waits while the reader is slow: a process that ends early would cut its own output. */
export function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
