/**
 * The one seam to the system's tools: argument arrays, never a shell. With a network namespace every command runs inside
 * it by nsenter, which replaces itself with the command (`ip netns exec` would also remount /sys each time).
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { pipeline, Readable, type Writable } from 'node:stream';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** a text, or its pieces: each is asked for when the tool has taken what was before */
  readonly stdin?: string | Iterable<string>;
  /** milliseconds, 30000 when absent: a full rewrite of 100,000 members takes about one second */
  readonly timeout?: number;
}
/** `code` is 127 when the tool is missing and 124 when it was stopped after its timeout. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
export type Exec = (command: Command) => Promise<Outcome>;
export type LongLived = ChildProcessByStdio<Writable, null, Readable>;

export interface System {
  readonly exec: Exec;
  /** Starts a command that reads its stdin for as long as it lives; its stdout goes nowhere. */
  readonly open: (file: string, args: readonly string[]) => LongLived;
}

export const TOOL_MISSING = 127;
export const TIMED_OUT = 124;

export function systemIn(netns: string | undefined): System {
  const place = (file: string, args: readonly string[]): [string, string[]] =>
    netns === undefined ? [file, [...args]] : ['nsenter', [`--net=/run/netns/${netns}`, '--', file, ...args]];
  return {
    exec: (command) => run(command, place(command.file, command.args)),
    open: (file, args) => spawn(...place(file, args), { stdio: ['pipe', 'ignore', 'pipe'], env: environment() }),
  };
}

function run(command: Command, [file, args]: [string, string[]]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env: environment() });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let late = false;
    const timeout = command.timeout ?? 30_000;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeout);
    const end = (code: number, extra: string): void => {
      clearTimeout(timer);
      const stderr = Buffer.concat(err).toString() + extra;
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr });
    };
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    // a tool that ends before it has read everything closes the pipe: its exit code tells why
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => end(TOOL_MISSING, `${file}: ${error.message}`));
    child.on('close', (code) => {
      if (late) end(TIMED_OUT, `${command.file} did not end within ${timeout} ms`);
      else end(code ?? TIMED_OUT, '');
    });
    const { stdin = '' } = command;
    if (typeof stdin === 'string') child.stdin.end(stdin);
    else pipeline(Readable.from(stdin), child.stdin, () => undefined);
  });
}

/** Messages must be in English to be read, and the tools live in sbin, which a service's PATH may lack. */
const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  LC_ALL: 'C',
  PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`,
});
