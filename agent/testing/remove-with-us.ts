import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

// waits until our end of its stdin closes, which the kernel does also after SIGKILL
const REMOVE = `cat >/dev/null
for p in $(ip netns pids "$1"); do kill -KILL "$p"; done
ip netns delete "$1"`;

/** The network namespace of this name goes when we end, however that is, with all that runs in it. Call it before it is made. */
export function removeWithUs(namespace: string): void {
  // its own group: Ctrl-C in a terminal reaches us alone
  const shell = spawn('/bin/sh', ['-c', REMOVE, 'sh', namespace], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.unref();
  (shell.stdin as Socket).unref();
}
