/**
 * A folder that goes with us, however we end, and with it every process that works in it or has it as its TMPDIR. A shell
 * waits until our end of its stdin closes, which the kernel does also after SIGKILL, and ends and removes them then.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PassingFolder {
  readonly path: string;
  remove(): void;
}

// Whose TMPDIR it is may have things of its own to end: it is asked, and killed when it takes too long.
// SIGQUIT: at it PostgreSQL stops at once, and takes its shared memory with it. What dies with us may be writing into the
// folder still: so it is tried for some seconds
const SHELL = `cat >/dev/null
[ -e "$1" ] || exit 0
theirs() { grep -lzxF "TMPDIR=$1" /proc/[0-9]*/environ | cut -d/ -f3; } 2>/dev/null
kill -TERM $(theirs "$1") 2>/dev/null
i=0
while [ -n "$(theirs "$1")" ] && [ $i -lt 200 ]; do i=$((i+1)); sleep 0.1; done
kill -KILL $(theirs "$1") 2>/dev/null
i=0
while [ -e "$1" ] && [ $i -lt 100 ]; do
  for p in /proc/[0-9]*; do case "$(readlink "$p/cwd")" in "$1"|"$1"/*) kill -QUIT "\${p#/proc/}";; esac; done 2>/dev/null
  rm -rf "$@"
  i=$((i+1)); sleep 0.05
done`;

/** Below the temporary directory; its name begins with `prefix`. `besides`: directories elsewhere that go with it. */
export function passingFolder(prefix: string, besides: (path: string) => readonly string[] = () => []): PassingFolder {
  const path = join(realpathSync(tmpdir()), `${prefix}${randomBytes(6).toString('hex')}`);
  const all = [path, ...besides(path)];
  const shell = spawn('/bin/sh', ['-c', SHELL, 'sh', ...all], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // its own group: Ctrl-C in a terminal reaches us alone
    detached: true,
    // no TMPDIR: a folder around ours would end it before it is done
    env: { ...process.env, TMPDIR: undefined },
  });
  shell.unref();
  // once the shell runs in its own group: what ends us before would end it too, and leave the folder
  mkdirSync(path, { mode: 0o700 });
  const stdin = shell.stdin as Socket;
  stdin.on('error', () => {});
  stdin.unref();
  return {
    path,
    remove() {
      for (const one of all) rmSync(one, { recursive: true, force: true });
      stdin.end();
    },
  };
}
