/**
 * A program that never outlives us. It runs below a shell that kills it as soon as our end of the shell's stdin closes,
 * and the kernel closes that however we end, SIGKILL included. The shell tells the program's own process id, so that it
 * can be stopped, frozen and killed itself.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

export interface Supervised {
  readonly pid: number;
  /** Resolves with the exit code (128 + signal) when the program has ended. */
  readonly ended: Promise<number>;
  running(): boolean;
  /** False when it has ended already. */
  signal(signal: NodeJS.Signals): boolean;
  /** SIGKILL, also when it is frozen; resolves when it is gone. */
  kill(): Promise<void>;
}

// `cat` ends when we do. Our side closes stdin when the program ends by itself, which ends cat as well.
const SHELL = `exec 4<&0
"$@" 3>&- 4<&- </dev/null & p=$!
echo $p >&3; exec 3>&-
{ cat <&4 >/dev/null; kill -KILL $p; } & c=$!
exec 4<&-
wait $p; s=$?
kill $c 2>/dev/null
exit $s`;

/** Output of the program is appended to `log`. Throws when the shell does not come up. */
export async function supervise(
  command: string,
  args: readonly string[],
  { cwd, log }: { readonly cwd: string; readonly log: string },
): Promise<Supervised> {
  const output = openSync(log, 'a', 0o600);
  const child = spawn('/bin/sh', ['-c', SHELL, 'sh', command, ...args], {
    cwd,
    stdio: ['pipe', output, output, 'pipe'],
    // its own group: Ctrl-C in a terminal reaches us alone, and we end things in order
    detached: true,
  });
  closeSync(output);
  const stdin = child.stdio[0] as Writable;
  let code: number | undefined;
  const ended = new Promise<number>((resolve) => {
    const end = (value: number): void => {
      code = value;
      stdin.destroy();
      resolve(value);
    };
    child.on('error', () => end(127));
    child.on('exit', (value) => end(value ?? 128));
  });
  stdin.on('error', () => {});
  const pid = Number(await text(child.stdio[3] as Readable));
  if (!(pid > 0)) throw new Error(`${command} must start; the shell that runs it did not`);

  const signal = (name: NodeJS.Signals): boolean => code === undefined && process.kill(pid, name);
  return {
    pid,
    ended,
    running: () => code === undefined,
    signal,
    async kill() {
      stdin.end();
      await ended;
    },
  };
}
