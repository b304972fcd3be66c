/** The bundled agent at rest, as its container runs it: memory and CPU while it follows a server with few pools and with ten thousand. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { streamServer } from '../agent/testing/stream-server.ts';
import { parseDockerfile } from '../deploy/containers/dockerfile.ts';
import { type Bench, type Figure, figure } from './bench.ts';
import { benchNode, manyPool } from './kernel-node.ts';
import { residentOf } from './process-memory.ts';

/** Three resyncs. */
const REST = 30_000;
const TICKS = 100;

export const bench: Bench = {
  summary: 'memory and CPU of the bundled agent at rest',
  async run(log) {
    const node = benchNode('rest');
    if ('skipped' in node) return node;
    const dir = mkdtempSync(join(tmpdir(), 'outgate-bench-'));
    try {
      const program = join(dir, 'outgate-agent.cjs');
      execFileSync(process.execPath, [fileURLToPath(new URL('../agent/bundle.mjs', import.meta.url)), program]);
      writeFileSync(join(dir, 'token'), 'test-token');
      const figures: Figure[] = [];
      for (const pools of [10, 10_000])
        figures.push(...(await measure(pools, { dir, program, netns: node.name }, log)));
      return figures;
    } finally {
      rmSync(dir, { recursive: true, force: true });
      node.remove();
    }
  },
};

async function measure(
  pools: number,
  { dir, program, netns }: { dir: string; program: string; netns: string },
  log: (line: string) => void,
): Promise<Figure[]> {
  const server = await streamServer(Array.from({ length: pools }, (_, i) => manyPool(i)));
  const stateDir = join(dir, String(pools));
  const args = ['--source', `server:${server.url}`, '--netns', netns, '--node', 'bench'];
  const agent = spawn(
    process.execPath,
    [program, ...args, '--state-dir', stateDir, '--token-file', join(dir, 'token')],
    { stdio: 'ignore', env: { ...process.env, ...containerVariables() } },
  );
  try {
    await server.reported(({ state }) => state === 'Programmed', 60_000);
    await sleep(5000);
    const before = ticksOf(agent.pid);
    const memory: number[] = [];
    for (let i = 0; i < 3; i++) {
      await sleep(REST / 3);
      memory.push(residentOf(agent.pid));
    }
    const cpu = ((ticksOf(agent.pid) - before) / TICKS / (REST / 1000)) * 100;
    log(`${pools} pools: ${memory.at(-1)?.toFixed(1)} MB, ${cpu.toFixed(2)} % CPU`);
    const goal = { text: 'at most 60 MB', check: (median: number) => median <= 60 };
    return [
      figure(`agent memory with ${pools} pools`, 'MB', memory, { goal }),
      figure(`agent CPU at rest with ${pools} pools`, '%', [cpu]),
    ];
  } finally {
    agent.kill('SIGKILL');
    await server.close();
  }
}

/** Of the C library alone: the others say where files are. */
function containerVariables(): Record<string, string> {
  const file = new URL('../deploy/containers/agent.Dockerfile', import.meta.url);
  const variables = parseDockerfile(readFileSync(file, 'utf8')).flatMap((one) =>
    one.kind === 'env' ? Object.entries(one.values) : [],
  );
  return Object.fromEntries(variables.filter(([name]) => name.startsWith('MALLOC_')));
}

/** User and system time of the process itself, in clock ticks. */
function ticksOf(pid: number | undefined): number {
  const words = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(words[11]) + Number(words[12]);
}
