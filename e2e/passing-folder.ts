/**
 * A folder that goes with us, however we end. A shell waits until our end of its stdin closes, which the kernel does also
 * after SIGKILL, and removes it then.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PassingFolder {
  readonly path: string;
  remove(): void;
}

// what dies with us may be writing into it still: so it is tried for some seconds
const SHELL = `cat >/dev/null
i=0; while rm -rf "$1"; [ -e "$1" ] && [ $i -lt 100 ]; do i=$((i+1)); sleep 0.05; done`;

/** Below the temporary directory; its name begins with `prefix`. */
export function passingFolder(prefix: string): PassingFolder {
  const path = join(tmpdir(), `${prefix}${randomBytes(6).toString('hex')}`);
  // its own group: Ctrl-C in a terminal reaches us alone
  const shell = spawn('/bin/sh', ['-c', SHELL, 'sh', path], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.unref();
  // once the shell runs in its own group: what ends us before would end it too, and leave the folder
  mkdirSync(path, { mode: 0o700 });
  const stdin = shell.stdin as Socket;
  stdin.on('error', () => {});
  stdin.unref();
  return {
    path,
    remove() {
      rmSync(path, { recursive: true, force: true });
      stdin.end();
    },
  };
}
