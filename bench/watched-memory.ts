/**
 * Memory of the server process, as the container runs it in a cluster (pages and all), with a large cluster watched and every
 * page served once; beside a server of the same cluster before there was anything in it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { buildPages } from '../scripts/setup/builds.mjs';
import { type Bench, figure } from './bench.ts';
import { type ClusterProduct, withClusterProduct } from './cluster-product.ts';
import { highestOf, proportionalOf, residentOf } from './process-memory.ts';
import { fillAndRestart, NODES, POOLS } from './watched-cluster.ts';

/** What was needed for a start or a page alone has gone by then. */
const REST_MS = 25_000;
const LOOKS = 3;
const BETWEEN_MS = 3_000;
const LIMIT = 250;
const PAGES = ['/', '/pools', '/pools/pool-7', '/nodes', '/history', '/cluster', '/simulator', '/settings'];

export const bench: Bench = {
  summary: `memory of the server process, ${POOLS / 1000}k pools and ${NODES / 1000}k nodes watched`,
  async run(log) {
    await buildPages();
    return withClusterProduct((product) => measure(product, log), log, 'pod');
  },
};

async function measure(product: ClusterProduct, log: (line: string) => void) {
  const empty = await memory(product);
  log(`nothing watched: ${empty.resident.at(-1)?.toFixed(0)} MB`);
  await fillAndRestart(product, log);
  const full = await memory(product);
  const highest = highestOf(product.server.child.pid);
  const beside = { name: 'nothing watched', runs: empty.resident };
  const goal = { text: `at most ${LIMIT} MB`, check: (median: number) => median <= LIMIT };
  return [
    figure('resident memory of the server process at rest', 'MB', full.resident, { peer: beside, goal }),
    figure('the same without what other processes map too', 'MB', full.proportional, {
      peer: { ...beside, runs: empty.proportional },
    }),
    figure('resident memory at its highest, from the start on', 'MB', [highest]),
  ];
}

async function memory({ server, cookie }: ClusterProduct): Promise<{ resident: number[]; proportional: number[] }> {
  for (const page of PAGES) {
    const answer = await fetch(`${server.address}${page}`, { headers: { cookie } });
    const text = await answer.text();
    if (!answer.ok || !text.includes('</html>')) throw new Error(`${page} gave no page: ${answer.status}`);
  }
  const resident: number[] = [];
  const proportional: number[] = [];
  for (let look = 0; look < LOOKS; look++) {
    await delay(look === 0 ? REST_MS : BETWEEN_MS);
    resident.push(residentOf(server.child.pid));
    proportional.push(proportionalOf(server.child.pid));
  }
  return { resident, proportional };
}
