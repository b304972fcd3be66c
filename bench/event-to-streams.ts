/**
 * From an IPPool's event to the streams of 500 agents, with ten thousand pools and five thousand nodes in the cluster: somebody
 * else changes a pool, and from the moment that a watch of our own shows it until each stream has its delta. Beside a bare
 * process that watches as well and writes the same line to 500 open answers. Both read the events, and are read, by this process.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { calicoPath } from '../e2e/cluster/install-crds.ts';
import { OUTGATE_USER } from '../e2e/cluster/prepare-cluster.ts';
import { barePatch } from './bare-patch.ts';
import { type Bench, figure } from './bench.ts';
import { type ClusterProduct, withClusterProduct } from './cluster-product.ts';
import { manyPool } from './kernel-node.ts';
import { type ManyStreams, manyStreams } from './many-streams.ts';
import { installPeer, peerObject } from './peer-type.ts';
import { rawWatch } from './raw-watch.ts';
import { fillAndRestart } from './watched-cluster.ts';

const AGENTS = 500;
const WARM_UP = 5;
const ROUNDS = 40;
const QUIET_MS = 200;

export const bench: Bench = {
  summary: `an IPPool event to the streams of ${AGENTS} agents, against a bare watch and bare answers`,
  run: (log) => withClusterProduct((product) => measure(product, log), log),
};

async function measure(product: ClusterProduct, log: (line: string) => void) {
  const { cluster } = product;
  const peerPath = await installPeer(cluster);
  await fillAndRestart(product, log);
  const target = cluster.as(OUTGATE_USER);
  const path = calicoPath('v3', 'ippools');
  const [poolEvents, peerEvents] = [await rawWatch(target, path), await rawWatch(target, peerPath)];
  const bare = barePatch(target, 1);
  const agents = manyStreams(`${product.server.address}/agent/v1/stream`, await join500(product));
  const fanOut = fork(join(import.meta.dirname, 'peers/fan-out.ts'), [
    ...[target.url, cluster.caFile, target.token, peerPath],
  ]);
  const [port] = await once(fanOut, 'message');
  const nobody = Array.from({ length: AGENTS }, () => ({}));
  const open = manyStreams(`http://127.0.0.1:${port}`, nobody);
  try {
    await agents.begun;
    log(`${AGENTS} agents have their snapshot`);
    /** Milliseconds from the event to each stream. */
    const turn = async (
      streams: ManyStreams,
      events: typeof poolEvents,
      where: string,
      object: { metadata: { name: string } },
      is: (line: string) => boolean,
    ) => {
      const { name } = object.metadata;
      await delay(QUIET_MS);
      const seen = events.seen(({ metadata }) => metadata.name === name);
      const came = streams.all(is);
      const status = await bare.apply(`${where}/${name}`, object, true);
      if (status >= 300) throw new Error(`${name}: ${status}`);
      const [{ at, line }, event] = [await came, await seen];
      return { line, took: at.map((one) => Number(one - event) / 1e6) };
    };
    const ours: number[] = [];
    const raw: number[] = [];
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      const pool = manyPool(round >> 1, round % 2 === 1);
      const object = {
        apiVersion: 'projectcalico.org/v3',
        kind: 'IPPool',
        metadata: { name: pool.name },
        spec: pool.spec,
      };
      const isDelta = (line: string): boolean => line.startsWith('{"type":"delta"') && line.includes(`"${pool.name}"`);
      const own = await turn(agents, poolEvents, path, object, isDelta);
      fanOut.send(`${own.line}\n`);
      const beside = await turn(open, peerEvents, peerPath, peerObject(pool, 'raw'), isDelta);
      if (round < WARM_UP) continue;
      ours.push(...own.took);
      raw.push(...beside.took);
    }
    const share = (part: number) =>
      figure(`IPPool event to ${AGENTS} streams p${part * 100}`, 'ms', [at(ours, part)], {
        peer: { name: 'a bare watch and bare answers', runs: [at(raw, part)] },
      });
    return [share(0.5), share(0.99)];
  } finally {
    fanOut.disconnect();
    agents.close();
    open.close();
    bare.close();
    poolEvents.close();
    peerEvents.close();
  }
}

const at = (all: readonly number[], share: number): number =>
  all.toSorted((a, b) => a - b)[Math.floor(all.length * share)] ?? Number.NaN;

/** What each agent signs in by. An address may join 300 times a minute: they are two racks. */
async function join500({ server, tell }: ClusterProduct): Promise<{ authorization: string }[]> {
  const { token } = await tell<{ token: string }>('joinTokens.create', { name: 'bench' });
  const joined: { authorization: string }[] = [];
  for (let index = 0; index < AGENTS; index++) {
    const sent = request(`${server.address}/agent/v1/join`, {
      method: 'POST',
      localAddress: index < AGENTS / 2 ? '127.0.0.1' : '127.0.0.2',
      headers: { 'content-type': 'application/json' },
    });
    sent.end(JSON.stringify({ token, node: `bench-${index}` }));
    const [answer] = await once(sent, 'response');
    const said = await text(answer);
    if (answer.statusCode !== 200) throw new Error(`join: ${answer.statusCode} ${said}`);
    const { credential } = JSON.parse(said) as { credential: string };
    joined.push({ authorization: `Bearer ${credential}` });
  }
  return joined;
}
