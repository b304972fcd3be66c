/** The container files do what they say: built and started from a clean copy, command by command. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../e2e/free-port.ts';
import { run, tryRun } from '../../e2e/lab/run.ts';
import { type Embedded, startEmbedded } from '../../server/db/embedded.ts';
import { type Built, build } from './build.ts';

const ROOT = join(import.meta.dirname, '../..');
const TOKEN = 'a join token of the container test';
const work = mkdtempSync(join(tmpdir(), 'outgate-containers-'));
const context = join(work, 'context');
const netns = `ogct${process.pid}`;
let database: Embedded;
let server: ChildProcess | undefined;

/** What is checked in, and what will be: ignored files are not in a build context either. */
function copyCheckout(): void {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: ROOT });
  for (const file of listed.toString().split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(context, file)), { recursive: true });
    cpSync(join(ROOT, file), join(context, file), { force: true });
  }
}

const buildFile = (name: 'server' | 'agent'): Built =>
  build(readFileSync(join(ROOT, `deploy/containers/${name}.Dockerfile`), 'utf8'), {
    context,
    work,
    name,
    nodeDir: dirname(process.execPath),
  });

describe('the container files', () => {
  beforeAll(async () => {
    copyCheckout();
    database = await startEmbedded(join(work, 'postgres'));
  });
  afterAll(async () => {
    if (server !== undefined && server.exitCode === null) {
      const exited = once(server, 'exit');
      server.kill('SIGTERM');
      await exited;
    }
    await tryRun('ip', ['netns', 'delete', netns]);
    await database?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  test('make a server that becomes ready and an agent that joins it', async () => {
    const built = buildFile('server');
    expect(built.leftOut).toEqual(['mkdir /data && chown node:node /data']);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const [command = '', ...args] = built.start;
    let log = '';
    const started = spawn(join(dirname(process.execPath), command), args, {
      cwd: built.directory,
      env: {
        ...built.environment,
        NODE_ENV: 'production',
        OUTGATE_LISTEN: `127.0.0.1:${port}`,
        OUTGATE_DATA_DIR: join(work, 'data'),
        OUTGATE_BOOTSTRAP_JOIN_TOKEN: TOKEN,
        DATABASE_URL: database.url,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    server = started;
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (text: Buffer) => (log += text.toString()));
    let ready = false;
    for (let i = 0; i < 1200 && !ready && started.exitCode === null; i++) {
      await delay(100);
      ready = await fetch(`${url}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      );
    }
    expect(ready, log).toBe(true);
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');

    const agent = buildFile('agent');
    expect(agent.leftOut).toHaveLength(1);
    writeFileSync(join(work, 'token'), TOKEN);
    await run('ip', ['netns', 'add', netns]);
    const [agentCommand = '', ...agentArgs] = agent.start;
    const once = ['--netns', netns, '--once'];
    const joined = execFileSync(join(dirname(process.execPath), agentCommand), [...agentArgs, ...once], {
      cwd: agent.directory,
      encoding: 'utf8',
      env: {
        NODE_ENV: 'production',
        PATH: process.env['PATH'] ?? '',
        OUTGATE_AGENT_SOURCE: `server:${url}`,
        OUTGATE_AGENT_NODE: 'container-node',
        OUTGATE_AGENT_TOKEN_FILE: join(work, 'token'),
        OUTGATE_AGENT_STATE_DIR: join(work, 'agent-state'),
      },
    });
    expect(JSON.parse(joined)).toMatchObject({ node: 'container-node', state: 'Programmed' });
  }, 600_000);
});
