/** What tests make outside their process goes when it ends, however that is. */
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** The network namespace of this name, with all that runs in it. Call it before it is made. */
export const removeWithUs = (namespace: string): void =>
  whenWeEnd('for p in $(ip netns pids "$1"); do kill -KILL "$p"; done; ip netns delete "$1"', namespace);

/** The directory. Call it before it is made. What dies with us may be writing into it still: so it is tried for some seconds. */
export const removeFolderWithUs = (path: string): void =>
  whenWeEnd('i=0; until rm -rf "$1" || [ $i -ge 100 ]; do i=$((i+1)); sleep 0.05; done', path);

function whenWeEnd(script: string, argument: string): void {
  // waits until our end of its stdin closes, which the kernel does also after SIGKILL; its own group: Ctrl-C in a terminal
  // reaches us alone
  const shell = spawn('/bin/sh', ['-c', `cat >/dev/null; ${script}`, 'sh', argument], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.unref();
  (shell.stdin as Socket).unref();
}
