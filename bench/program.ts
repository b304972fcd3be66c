/**
 * A full program of N CIDRs, every member new, against the raw way: one `ipset restore` of the same sets under temporary names,
 * then the swaps. Both fill two sets (sources and exempt) of N members while the old ones hold N others.
 */
import { iptablesDataplane } from '../agent/dataplane/iptables/driver.ts';
import { systemIn } from '../agent/exec.ts';
import { holdState, wantedOf } from '../agent/held-state.ts';
import { setName } from '../core/rules/model.ts';
import { renderSet } from '../core/rules/render.ts';
import { type Bench, type Figure, figure } from './bench.ts';
import { benchNode, manyPool, millisecondsSince } from './kernel-node.ts';

const ROUNDS = 5;
const SIZES = [1000, 10_000, 100_000];

export const bench: Bench = {
  summary: 'full program of 1k, 10k, 100k CIDRs, against raw ipset restore + swap',
  async run(log) {
    const node = benchNode('program');
    if ('skipped' in node) return node;
    try {
      const figures: Figure[] = [];
      for (const size of SIZES) {
        figures.push(...(await measure(node.name, size, log)));
        for (const line of node
          .run(['ipset', 'list', '-name'])
          .split('\n')
          .filter((one) => one.includes('raw'))) {
          node.run(['ipset', 'destroy', line]);
        }
      }
      return figures;
    } finally {
      node.remove();
    }
  },
};

async function measure(netns: string, size: number, log: (line: string) => void): Promise<Figure[]> {
  const { exec, open } = systemIn(netns);
  const dataplane = iptablesDataplane({ exec, open }, 'iptables-nft', process.pid);
  const halves = [0, size].map((start) => {
    const pools = Array.from({ length: size }, (_, i) => manyPool(start + i));
    return wantedOf(holdState(pools, { global: {}, nodes: {} }, []), 'bench')[4];
  });
  const ours: number[] = [];
  const raw: number[] = [];
  const whole: number[] = [];
  /** plan and apply of what was read; `whole` also has reading back before and after, which the raw way does not do */
  const program = async (round: number): Promise<number> => {
    const wanted = halves[round % 2];
    const begin = process.hrtime.bigint();
    const held = (await dataplane.read()).families[4];
    if (wanted === undefined || held === undefined) throw new Error('IPv4 is not available');
    const start = process.hrtime.bigint();
    const failure = await dataplane.apply(dataplane.plan(wanted, held));
    const took = millisecondsSince(start);
    if (failure !== null) throw new Error(failure.message);
    await dataplane.read();
    if (round > 0) whole.push(millisecondsSince(begin));
    return took;
  };
  const rawProgram = async (round: number): Promise<number> => {
    const sets = [...(halves[round % 2]?.sets ?? [])].map(([name, { counters, members }]) => ({
      name: name.replace('outgate', 'raw'),
      family: 4 as const,
      counters,
      members: [...members],
    }));
    const text = sets.map((set) => renderSet(set, `${set.name}-new`)).join('');
    const swaps = sets.map(({ name }) => `swap ${name}-new ${name}\ndestroy ${name}-new\n`).join('');
    const start = process.hrtime.bigint();
    const filled = await exec({ file: 'ipset', args: ['restore'], stdin: text });
    const swapped = await exec({ file: 'ipset', args: ['restore'], stdin: swaps });
    const took = millisecondsSince(start);
    if (filled.code + swapped.code !== 0) throw new Error(filled.stderr + swapped.stderr);
    return took;
  };
  for (const role of ['src', 'exempt'] as const) {
    const counters = role === 'src';
    const empty = { name: setName(role, 4).replace('outgate', 'raw'), family: 4 as const, counters, members: [] };
    await exec({ file: 'ipset', args: ['restore'], stdin: renderSet(empty) });
  }
  await program(0); // the first one makes the sets and the rules
  for (let round = 1; round <= ROUNDS; round++) {
    ours.push(await program(round));
    raw.push(await rawProgram(round));
    log(`${size}: ${ours.at(-1)?.toFixed(1)} ms, raw ${raw.at(-1)?.toFixed(1)} ms`);
  }
  dataplane.close();
  const goal = { text: 'at most 1.25 x raw', check: (_: number, ratio: number) => ratio <= 1.25 };
  const peer = { name: 'raw ipset restore + swap', runs: raw };
  return [
    figure(`program ${size} CIDRs`, 'ms', ours, { peer, ...(size === 100_000 ? { goal } : {}) }),
    figure(`program ${size} CIDRs with read-back before and after`, 'ms', whole, { peer }),
  ];
}
