/** What is known of a running postmaster: its pid file and its entry in /proc. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** `ready`: it accepts connections. Null without a readable postmaster.pid. */
export async function readPid(data: string): Promise<{ pid: number; ready: boolean } | null> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => null);
  if (text === null) return null;
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 1 ? { pid, ready: lines[7]?.trim() === 'ready' } : null;
}

/**
 * True while that process is the postmaster of this socket directory. A number that was given to another process, or
 * that of a dead child nobody has waited for (it has no arguments any more), is not.
 */
export async function isRunning(pid: number, socketDir: string): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const args = text.split('\0');
  return args[args.indexOf('-k') + 1] === socketDir;
}

/** Asks every 10 ms; throws after `milliseconds`. */
export async function waitUntil(milliseconds: number, condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`PostgreSQL did not answer within ${milliseconds / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
