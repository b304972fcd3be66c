/** What tests make outside their process goes when it ends, however that is. */
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** The network namespace of this name, with all that runs in it. Call it before it is made. */
export const removeWithUs = (namespace: string): void =>
  whenWeEnd('for p in $(ip netns pids "$1"); do kill -KILL "$p"; done; ip netns delete "$1"', namespace);

/**
 * The directory, with every process that works in it. Call it before it is made. What dies with us may be writing into it
 * still: so it is tried for some seconds.
 */
export const removeFolderWithUs = (path: string): void => whenWeEnd(REMOVE_FOLDER, path);

const REMOVE_FOLDER = `i=0
until
  for p in /proc/[0-9]*; do [ "$(readlink "$p/cwd")" = "$1" ] && kill -KILL "\${p#/proc/}"; done
  rm -rf "$1" || [ $i -ge 100 ]
do i=$((i+1)); sleep 0.05; done`;

function whenWeEnd(script: string, argument: string): void {
  // waits until our end of its stdin closes, which the kernel does also after SIGKILL; its own group: Ctrl-C in a terminal
  // reaches us alone
  const shell = spawn('/bin/sh', ['-c', `cat >/dev/null; ${script}`, 'sh', argument], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    // no TMPDIR: whoever ends all that have the run's would end it before it is done
    env: { ...process.env, TMPDIR: undefined },
  });
  shell.unref();
  (shell.stdin as Socket).unref();
}
