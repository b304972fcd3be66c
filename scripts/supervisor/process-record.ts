/**
 * Which processes are ours, written down, so that a start after a kill -9 finds what was left and ends that alone.
 *
 * A number is not enough: the kernel gives it to somebody else one day. A record holds the number, the time the process
 * started and its command line; only a process that matches all three is the one that was written down.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProcessRecord {
  readonly pid: number;
  /** clock ticks after boot, from /proc */
  readonly start: string;
  readonly command: string;
  /** asks the process to end in its own way */
  readonly stopSignal: NodeJS.Signals;
}

/** Throws when the directory cannot be written to. */
export function writeRecord(runDir: string, name: string, pid: number, stopSignal: NodeJS.Signals): void {
  const identity = identify(pid);
  if (identity === null) return;
  mkdirSync(runDir, { recursive: true, mode: 0o700 });
  const path = fileOf(runDir, name);
  writeFileSync(`${path}.tmp`, JSON.stringify({ pid, ...identity, stopSignal }), { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}

export function removeRecord(runDir: string, name: string): void {
  try {
    rmSync(fileOf(runDir, name), { force: true });
  } catch {
    // one that stays, as on a disk that nobody may write to, names a process that is gone
  }
}

/** The recorded process if it still lives, else null. */
export function readRecord(runDir: string, name: string): ProcessRecord | null {
  const record = parse(fileOf(runDir, name));
  if (record === null) return null;
  const now = identify(record.pid);
  return now !== null && now.start === record.start && now.command === record.command ? record : null;
}

/**
 * Ends every recorded process that still lives and whose name `wanted` accepts: its stop signal first, SIGKILL to its
 * group after `graceMs`. Resolves with the names of those that were ended.
 */
export async function endLeftovers(
  runDir: string,
  wanted: (name: string) => boolean,
  graceMs: number,
): Promise<string[]> {
  const ended: string[] = [];
  for (const name of recordNames(runDir).filter(wanted)) {
    const record = readRecord(runDir, name);
    if (record !== null) {
      await end(record, graceMs, () => readRecord(runDir, name) !== null);
      ended.push(name);
    }
    removeRecord(runDir, name);
  }
  return ended;
}

async function end(record: ProcessRecord, graceMs: number, alive: () => boolean): Promise<void> {
  signal(record.pid, record.stopSignal);
  for (const deadline = Date.now() + graceMs; alive() && Date.now() < deadline; ) await delay(25);
  // its children share its group and may outlive it
  signal(-record.pid, 'SIGKILL');
  for (const deadline = Date.now() + 2000; alive() && Date.now() < deadline; ) await delay(10);
}

/** False when there is no such process (or group, for a negative number). */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

/** Null where there is no such process, no /proc, or only the shell of a process that has ended. */
export function identify(pid: number): { start: string; command: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the second field is the name in brackets and may hold spaces; the state follows, the start time is the 22nd field
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    // one that is ending gives up its memory, and its command line with it, before it counts as ended
    return command === '' ? null : { start: fields[19] ?? '', command };
  } catch {
    return null;
  }
}

const fileOf = (runDir: string, name: string): string => join(runDir, `${name}.json`);

function recordNames(runDir: string): string[] {
  try {
    return readdirSync(runDir)
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -'.json'.length));
  } catch {
    return [];
  }
}

function parse(path: string): ProcessRecord | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessRecord;
  } catch {
    // absent, or cut off by a crash: nothing that can be trusted to name a process
    return null;
  }
}
