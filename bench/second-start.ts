/**
 * The second `npm start` on a data directory, from the command to a page in hand, with the lab where it can run; against a
 * bare PostgreSQL and a bare `node:http` server that are started together. All data is on disk, and nothing is built.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { missingForLab } from '../e2e/lab/requirements.ts';
import { startOutgate } from '../e2e/start-outgate.ts';
import { startEmbedded } from '../server/db/embedded.ts';
import { socketDirFor } from '../server/db/embedded-socket.ts';
import { passingFolder } from '../server/testing/passing-folder.ts';
import { type Bench, figure } from './bench.ts';
import { millisecondsSince } from './kernel-node.ts';

const ROUNDS = 3;
const LIMIT = 10_000;

export const bench: Bench = {
  summary: 'the second npm start until a page is there, against a bare PostgreSQL and node:http',
  async run(log) {
    const folder = passingFolder('outgate-bench-', (path) => [socketDirFor(join(path, 'bare'))]);
    const [dataDir, bareDir] = [join(folder.path, 'data'), join(folder.path, 'bare')];
    const lab = (await missingForLab()).length === 0 ? 'on' : 'off';
    const ours: number[] = [];
    const bare: number[] = [];
    const empty: number[] = [];
    try {
      for (let round = 0; round <= ROUNDS; round++) {
        const start = await productStart(dataDir, lab);
        const raw = await bareStart(bareDir);
        // the first makes the data directories, and builds what is stale
        if (round === 0) continue;
        ours.push(start);
        bare.push(raw);
        empty.push(await emptyNode());
        log(`${round}: ${Math.round(start)} ms, bare ${Math.round(raw)} ms`);
      }
    } finally {
      folder.remove();
    }
    return [
      figure(`second start, lab ${lab}`, 'ms', ours, {
        peer: { name: 'bare PostgreSQL and node:http', runs: bare },
        goal: { text: `at most ${LIMIT / 1000} s`, check: (median) => median <= LIMIT },
      }),
      figure('node -e 0', 'ms', empty),
    ];
  },
};

async function productStart(dataDir: string, lab: 'on' | 'off'): Promise<number> {
  const start = process.hrtime.bigint();
  const outgate = await startOutgate({ dataDir, lab });
  try {
    const page = await fetch(outgate.url);
    const text = await page.text();
    if (!page.ok || !text.includes('</html>')) throw new Error(`${page.url} gave no page: ${page.status}`);
    return millisecondsSince(start);
  } finally {
    await outgate.stop();
  }
}

const ANSWERING = `require('node:http').createServer((_, res) => res.end('</html>'))
  .listen(0, '127.0.0.1', function () { console.log(this.address().port) })`;

async function bareStart(dir: string): Promise<number> {
  const start = process.hrtime.bigint();
  const child = spawn(process.execPath, ['-e', ANSWERING], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [database, [port]] = await Promise.all([startEmbedded(dir), once(child.stdout, 'data')]);
    try {
      await (await fetch(`http://127.0.0.1:${String(port).trim()}`)).text();
      return millisecondsSince(start);
    } finally {
      await database.stop();
    }
  } finally {
    child.kill();
  }
}

async function emptyNode(): Promise<number> {
  const start = process.hrtime.bigint();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return millisecondsSince(start);
}
