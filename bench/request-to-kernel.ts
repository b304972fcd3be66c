/**
 * One pool of ten thousand toggled by request: from `pools.update` over HTTP to the member in the kernel's set, through the
 * real server process, real PostgreSQL (with fsync), the stream and the bundled agent, against one raw `ipset add` or `del`
 * process.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { systemIn } from '../agent/exec.ts';
import { startAgent, workDir } from '../agent/testing/run-agent.ts';
import { writePools } from '../core/calico/write.ts';
import { passingDatabase } from '../server/db/testing.ts';
import { cookieOf, mutate, query } from '../server/testing/test-client.ts';
import { startServerProcess } from '../server/testing/test-server.ts';
import { type Bench, figure } from './bench.ts';
import { type BenchNode, benchNode, manyPool, millisecondsSince } from './kernel-node.ts';
import { watchKernel } from './kernel-watch.ts';

const POOLS = 10_000;
const WARM_UP = 20;
const ROUNDS = 100;

export const bench: Bench = {
  summary: 'one pool of 10k toggled by request, until it is in the kernel, against one raw ipset process',
  async run(log) {
    const node = benchNode('request');
    if ('skipped' in node) return node;
    try {
      const database = await passingDatabase('outgate-bench-');
      try {
        return await onDatabase(database.url, node, log);
      } finally {
        await database.stop();
      }
    } finally {
      node.remove();
    }
  },
};

async function onDatabase(databaseUrl: string, node: BenchNode, log: (line: string) => void) {
  const server = await startServerProcess(databaseUrl);
  const files = workDir();
  const watch = watchKernel(systemIn(node.name).open);
  let agent: ReturnType<typeof startAgent> | undefined;
  try {
    const { address } = server;
    const cookie = await cookieOf(address);
    const call = async (procedure: string, input: object) => {
      const { status, body } = await mutate(address, procedure, input, cookie);
      if (status !== 200) throw new Error(`${procedure}: ${status} ${JSON.stringify(body)}`);
      return body.result.data;
    };
    const yaml = writePools(
      Array.from({ length: POOLS }, (_, i) => manyPool(i)),
      'v3',
    );
    await call('pools.import', { yaml });
    const { token } = await call('joinTokens.create', { name: 'bench' });
    agent = startAgent([
      ...['--source', `server:${address}`],
      ...['--node', 'bench', '--netns', node.name],
      ...['--token-file', files.write('token', token)],
      ...['--state-dir', files.path],
    ]);
    const programmed = async (): Promise<boolean> =>
      (await query(address, 'status.get', undefined, cookie)).body.result.data.nodes.programmed === 1;
    const settled = async (): Promise<void> => {
      for (const end = Date.now() + 60_000; !(await programmed()); await delay(20)) {
        if (Date.now() > end) throw new Error('the node was not programmed within a minute');
      }
    };
    await settled();
    log(`${POOLS} pools are in the kernel`);
    return await measure(node, watch.until, settled, async (name) => {
      const { body } = await query(address, 'pools.get', { name }, cookie);
      const { spec, version } = body.result.data;
      return () =>
        call('pools.update', { name, spec: { ...spec, natOutgoing: !spec.natOutgoing }, expectedVersion: version });
    });
  } finally {
    agent?.kill('SIGTERM');
    await agent?.ended;
    watch.close();
    files.remove();
    await server.stop();
  }
}

/**
 * `settled` waits until the report on the last change is through: it is work of its own, and would weigh on either side of
 * the comparison. `prepare` reads a pool and returns what toggles it.
 */
async function measure(
  node: BenchNode,
  until: (set: string, member: string, present: boolean) => Promise<void>,
  settled: () => Promise<void>,
  prepare: (name: string) => Promise<() => Promise<unknown>>,
) {
  const { exec } = systemIn(node.name);
  await exec({ file: 'ipset', args: ['create', 'raw-set', 'hash:net'] });
  const kernel: number[] = [];
  const answers: number[] = [];
  const raw: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const pool = manyPool(round >> 1);
    const toggle = await prepare(pool.name);
    const start = process.hrtime.bigint();
    const answered = toggle().then(() => void answers.push(millisecondsSince(start)));
    const arrived = until('outgate-src-v4', pool.spec.cidr, round % 2 === 1).then(
      () => void kernel.push(millisecondsSince(start)),
    );
    await Promise.all([answered, arrived]);
    await settled();
    const rawStart = process.hrtime.bigint();
    const done = await exec({ file: 'ipset', args: [round % 2 === 0 ? 'add' : 'del', 'raw-set', pool.spec.cidr] });
    raw.push(millisecondsSince(rawStart));
    if (done.code !== 0) throw new Error(done.stderr);
  }
  const peer = { name: 'one raw ipset process', runs: raw.slice(WARM_UP) };
  return [
    figure('request to kernel at 10k pools', 'ms', kernel.slice(WARM_UP), {
      peer,
      goal: { text: 'at most 3 x raw', check: (_, ratio) => ratio <= 3 },
    }),
    figure('request to answer at 10k pools', 'ms', answers.slice(WARM_UP), { peer }),
  ];
}
