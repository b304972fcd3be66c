import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { identify, signal } from '../../scripts/supervisor/process-record.ts';
import { listNamespaces, removeNetwork } from './network.ts';
import { labPlan, namespacesOf } from './plan.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const prefix = `oglm${process.pid}`;
const plan = labPlan(prefix);
const running: ChildProcess[] = [];
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'outgate-lab-'));
  writeFileSync(join(dir, 'token'), 'a join token that nobody asks for\n');
});
afterEach(async () => {
  for (const lab of running.splice(0)) await stop(lab);
  await removeNetwork(plan);
  rmSync(dir, { recursive: true, force: true });
});

/** Nobody listens on port 1: the agents have to wait for a server, and the lab must work all the same. */
function start(): ChildProcess & { said: () => string } {
  const path = (name: string): string => join(dir, name);
  const directories = ['--state-dir', path('state'), '--run-dir', path('run'), '--log-dir', path('logs')];
  const server = ['--server', 'http://127.0.0.1:1', '--token-file', path('token')];
  const args = [MAIN, '--socket', path('lab.sock'), ...directories, ...server, '--prefix', prefix];
  const lab = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(lab);
  let output = '';
  for (const stream of [lab.stdout, lab.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return Object.assign(lab, { said: () => output });
}

async function stop(lab: ChildProcess, how: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (lab.exitCode !== null || lab.signalCode !== null) return;
  const exited = once(lab, 'exit');
  lab.kill(how);
  await exited;
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 2400 && !holds(); i++) await delay(25);
  expect(holds(), what).toBe(true);
}

function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const request = http.request({ socketPath: join(dir, 'lab.sock'), method, path }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Undefined while there is none: the record of one that ended goes. */
function agentPid(): number | undefined {
  try {
    return JSON.parse(readFileSync(join(dir, 'run/agent-node-1.json'), 'utf8')).pid;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
const namespacesLeft = async (): Promise<string[]> =>
  (await listNamespaces()).filter((name) => namespacesOf(plan).includes(name));

describe('the lab process', () => {
  test('says what it has, sends probes, refuses what it cannot send', async () => {
    const lab = start();
    await until(lab.said(), () => lab.said().includes('ready'));
    const status = await ask('GET', '/status');
    expect(status.body['pods']).toHaveLength(4);
    expect(status.body['targets']).toEqual(plan.outside.targets);
    const probe = { from: 'pod-1a', to: '198.51.100.10', proto: 'tcp' };
    expect((await ask('POST', '/probe', probe)).body).toMatchObject({ source: { address: '192.168.1.10' } });
    const refused = await ask('POST', '/probe', { from: 'pod-9', to: '198.51.100.11; reboot', proto: 'icmp' });
    expect(refused.status).toBe(400);
    expect((refused.body['errors'] as { field: string }[]).map((error) => error.field)).toEqual([
      'from',
      'to',
      'proto',
    ]);
    expect((await ask('GET', '/other')).status).toBe(404);
  });

  test('starts a killed agent again, and takes everything away at its end', async () => {
    const lab = start();
    await until('the agent runs', () => lab.said().includes('ready') && agentPid() !== undefined);
    const first = agentPid() ?? 0;
    signal(first, 'SIGKILL');
    let second: number | undefined;
    await until('another agent runs', () => {
      second = agentPid();
      return second !== undefined && second !== first;
    });
    await stop(lab);
    expect(lab.exitCode).toBe(0);
    expect(identify(second ?? first)).toBeNull();
    expect(await namespacesLeft()).toEqual([]);
    expect(existsSync(join(dir, 'lab.sock'))).toBe(false);
  });

  test('after kill -9 the next start ends the old agents and begins anew', async () => {
    const killed = start();
    await until('the agent runs', () => killed.said().includes('ready') && agentPid() !== undefined);
    const orphan = agentPid() ?? 0;
    await stop(killed, 'SIGKILL');
    expect(identify(orphan)).not.toBeNull();
    const lab = start();
    await until('the next lab is ready', () => lab.said().includes('ready'));
    expect(identify(orphan)).toBeNull();
    const probe = { from: 'pod-2a', to: '2001:db8:f::10', proto: 'udp' };
    expect((await ask('POST', '/probe', probe)).body).toMatchObject({ source: { address: 'fd00:192:168:2::10' } });
  });

  test('a second lab with the same names is refused and touches nothing', async () => {
    const lab = start();
    await until('the first is ready', () => lab.said().includes('ready'));
    const second = start();
    const [code] = await once(second, 'exit');
    expect(code).toBe(3);
    expect((await ask('GET', '/status')).status).toBe(200);
  });
});
