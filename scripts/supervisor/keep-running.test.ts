import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ChildSpec, type KeptChild, keepRunning } from './keep-running.ts';
import { endLeftovers, identify, readRecord, signal, writeRecord } from './process-record.ts';

let dir: string;
const kept: KeptChild[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'outgate-keep-'));
});
afterEach(async () => {
  await Promise.all(kept.splice(0).map((child) => child.stop()));
  rmSync(dir, { recursive: true, force: true });
});

const spec = (script: string, more: Partial<ChildSpec> = {}): ChildSpec => ({
  name: 'child',
  command: process.execPath,
  args: ['-e', script],
  logFile: join(dir, 'child.log'),
  runDir: join(dir, 'run'),
  stopSignal: 'SIGTERM',
  graceMs: 300,
  died: () => {},
  ...more,
});
const keep = (one: ChildSpec): KeptChild => {
  const child = keepRunning(one);
  kept.push(child);
  return child;
};
const pidOf = (child: KeptChild): number => {
  const pid = child.pid();
  if (pid === undefined) throw new Error('the child does not run');
  return pid;
};
const until = async (holds: () => boolean): Promise<void> => {
  for (let i = 0; i < 1000 && !holds(); i++) await delay(25);
  expect(holds()).toBe(true);
};

describe('a kept child', () => {
  test('runs again after kill -9, under a new number, with a new record', async () => {
    const deaths: string[] = [];
    const child = keep(spec('setInterval(() => {}, 1000)', { died: (how) => deaths.push(how) }));
    const first = pidOf(child);
    signal(first, 'SIGKILL');
    await until(() => child.pid() !== undefined && child.pid() !== first);
    expect(deaths).toEqual(['SIGKILL']);
    expect(readRecord(join(dir, 'run'), 'child')?.pid).toBe(child.pid());
  });

  test('waits longer each time it dies young', async () => {
    const pauses: number[] = [];
    keep(spec('process.exit(1)', { died: (_, again) => pauses.push(again) }));
    await until(() => pauses.length >= 3);
    expect(pauses.slice(0, 3)).toEqual([100, 200, 400]);
  });

  test('does not run without a record, and is tried again', async () => {
    const deaths: string[] = [];
    const runDir = join(dir, 'run');
    writeFileSync(runDir, 'no directory');
    const child = keep(spec('setInterval(() => {}, 1000)', { died: (how) => deaths.push(how) }));
    await until(() => deaths.length >= 2);
    expect(deaths[1]).toMatch(/^nobody could find it again: .*run/);
    rmSync(runDir);
    await until(() => child.pid() !== undefined);
    expect(readRecord(runDir, 'child')?.pid).toBe(child.pid());
  });

  test('is not started again after a final exit code', async () => {
    const child = keep(spec('process.exit(3)', { finalCodes: [3] }));
    expect(await child.ended).toBe(3);
    expect(child.pid()).toBeUndefined();
  });

  test('is killed when it does not end in time, with what it started', async () => {
    const script = `process.on('SIGTERM', () => {});
      const grandchild = require('child_process').spawn('sleep', ['60']);
      console.log(grandchild.pid); setInterval(() => {}, 1000);`;
    const child = keep(spec(script));
    const pid = pidOf(child);
    const log = () => readFileSync(join(dir, 'child.log'), 'utf8').trim();
    await until(() => log() !== '');
    await child.stop();
    await until(() => identify(pid) === null && identify(Number(log())) === null);
    expect(readRecord(join(dir, 'run'), 'child')).toBeNull();
  });
});

describe('records of a killed run', () => {
  test('end the process they name', async () => {
    const child = keepRunning(spec('setInterval(() => {}, 1000)', { name: 'left', died: () => {} }));
    const pid = pidOf(child);
    expect(await endLeftovers(join(dir, 'run'), (name) => name === 'left', 1000)).toEqual(['left']);
    expect(identify(pid)).toBeNull();
    await child.stop();
  });

  test('leave a process alone that only has the same number', async () => {
    const child = keep(spec('setInterval(() => {}, 1000)', { name: 'other' }));
    const runDir = join(dir, 'run');
    writeRecord(runDir, 'old', process.pid, 'SIGKILL');
    const path = join(runDir, 'old.json');
    const record = JSON.parse(readFileSync(path, 'utf8'));
    rmSync(path);
    writeFileSync(path, JSON.stringify({ ...record, pid: pidOf(child) }));
    expect(await endLeftovers(runDir, (name) => name === 'old', 1000)).toEqual([]);
    expect(identify(pidOf(child))).not.toBeNull();
  });
});
