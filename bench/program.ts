/**
 * A full program of N CIDRs, every member new, against the raw way: one `ipset restore` of the same sets under temporary names
 * from a prepared file, then the swaps. Both fill two sets (sources and exempt) of N members while the old ones hold N others.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iptablesDataplane } from '../agent/dataplane/iptables/driver.ts';
import { systemIn } from '../agent/exec.ts';
import { holdState, wantedOf } from '../agent/held-state.ts';
import { renderSet } from '../core/rules/render.ts';
import { type Bench, type Figure, figure } from './bench.ts';
import { benchNode, manyPool, millisecondsSince } from './kernel-node.ts';

const ROUNDS = 9;
const SIZES = [1000, 10_000, 100_000];

export const bench: Bench = {
  summary: 'full program of 1k, 10k, 100k CIDRs, against raw ipset restore + swap',
  async run(log) {
    const figures: Figure[] = [];
    for (const size of SIZES) {
      const node = benchNode(`program-${size}`);
      if ('skipped' in node) return node;
      const directory = mkdtempSync(join(tmpdir(), 'outgate-bench-'));
      try {
        figures.push(...(await measure(node.name, directory, size, log)));
      } finally {
        node.remove();
        rmSync(directory, { recursive: true });
      }
    }
    return figures;
  },
};

async function measure(netns: string, directory: string, size: number, log: (line: string) => void): Promise<Figure[]> {
  const { exec, open } = systemIn(netns);
  const dataplane = iptablesDataplane({ exec, open }, 'iptables-nft', process.pid);
  const halves = [0, size].map((start) => {
    const pools = Array.from({ length: size }, (_, i) => manyPool(start + i));
    const wanted = wantedOf(holdState(pools, { global: {}, nodes: {} }, []), 'bench')[4];
    const sets = [...wanted.sets].map(([name, { counters, members }]) => ({
      name: name.replace('outgate', 'raw'),
      family: 4 as const,
      counters,
      members: [...members],
    }));
    const file = join(directory, `raw-${start}`);
    writeFileSync(file, sets.map((set) => renderSet(set, `${set.name}-new`)).join(''));
    return { wanted, sets, file };
  });
  const half = (round: number): (typeof halves)[number] => {
    const found = halves[round % 2];
    if (found === undefined) throw new Error('there are two halves');
    return found;
  };
  const swaps = join(directory, 'swaps');
  const names = half(0).sets.map(({ name }) => name);
  writeFileSync(swaps, names.map((name) => `swap ${name}-new ${name}\ndestroy ${name}-new\n`).join(''));

  /** plan and apply of what was read; `whole` also has reading back before and after, which the raw way does not do */
  const program = async (round: number): Promise<{ took: number; whole: number }> => {
    const begin = process.hrtime.bigint();
    const held = (await dataplane.read()).families[4];
    if (held === undefined) throw new Error('IPv4 is not available');
    const start = process.hrtime.bigint();
    const { failure } = await dataplane.apply(dataplane.plan(half(round).wanted, held));
    const took = millisecondsSince(start);
    if (failure !== null) throw new Error(failure.message);
    await dataplane.read();
    return { took, whole: millisecondsSince(begin) };
  };
  const rawProgram = async (round: number): Promise<number> => {
    const start = process.hrtime.bigint();
    const filled = await exec({ file: 'ipset', args: ['restore', '-file', half(round).file] });
    const swapped = await exec({ file: 'ipset', args: ['restore', '-file', swaps] });
    const took = millisecondsSince(start);
    if (filled.code + swapped.code !== 0) throw new Error(filled.stderr + swapped.stderr);
    return took;
  };

  await exec({
    file: 'ipset',
    args: ['restore'],
    stdin: half(0)
      .sets.map((set) => renderSet(set))
      .join(''),
  });
  await program(0); // the first one makes the sets and the rules
  const ours: number[] = [];
  const whole: number[] = [];
  const raw: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    // in turn the first: what a neighbour on the machine takes away falls on both
    if (round % 2 === 0) raw.push(await rawProgram(round));
    const one = await program(round);
    ours.push(one.took);
    whole.push(one.whole);
    if (round % 2 === 1) raw.push(await rawProgram(round));
    log(`${size}: ${one.took.toFixed(1)} ms, raw ${raw.at(-1)?.toFixed(1)} ms`);
  }
  dataplane.close();
  const goal = { text: 'at most 1.2 x raw', check: (_: number, ratio: number) => ratio <= 1.2 };
  const peer = { name: 'raw ipset restore + swap', runs: raw };
  return [
    figure(`program ${size} CIDRs`, 'ms', ours, { peer, ...(size === 100_000 ? { goal } : {}) }),
    figure(`program ${size} CIDRs with read-back before and after`, 'ms', whole, { peer }),
  ];
}
