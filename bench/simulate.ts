/** Decisions a second at 10,000 pools, beside a linear scan over the same pools. Inputs are fixed by a seed. */

import { countedPools } from '../core/nat/counted-pools.ts';
import { decide, makeDecider } from '../core/nat/decide.ts';
import { randomFrom } from '../core/nat/fixtures/random.ts';
import { judge, simulate } from '../core/nat/simulate.ts';
import { type Key, keyOf } from '../core/nat/table.ts';
import type { Flow } from '../core/nat/verdict.ts';
import { type Address, type Family, formatAddress } from '../core/net/address.ts';
import { formatPrefix, prefixOf, rangeOf } from '../core/net/prefix.ts';
import type { Pool } from '../core/pool/spec.ts';
import { type Bench, type Figure, figure } from './bench.ts';

const POOLS = 10_000;
const FLOWS = 1 << 16;
const RUNS = 5;

export const bench: Bench = {
  summary: `decisions a second at ${POOLS.toLocaleString('en')} pools`,
  run: async (log) => [...measure(4, log), ...measure(6, log)],
};

function measure(family: Family, log: (line: string) => void): Figure[] {
  const { pools, flows } = input(family);
  const decider = makeDecider({ pools, settings: {}, hosts: [] });
  const from = flows.map((flow) => keyOf(flow.from));
  const to = flows.map((flow) => keyOf(flow.to));
  const texts: Flow[] = flows.map((flow) => ({
    from: formatAddress(flow.from),
    to: formatAddress(flow.to),
    proto: 'tcp',
  }));
  const indexed = (i: number): boolean => decide(decider, from[i] ?? 0, to[i] ?? 0) === 'SNAT_MASQUERADE';
  const scan = family === 4 ? scanV4(pools) : scanV6(pools);
  const scanned = (i: number): boolean => scan(from[i] ?? 0, to[i] ?? 0);
  for (let i = 0; i < 500; i++) if (indexed(i) !== scanned(i)) throw new Error('the scan and the index must agree');
  const text = (i: number): Flow => texts[i] ?? { from: '', to: '' };
  log(`IPv${family}: index, scan, text`);
  return [
    figure(`decide IPv${family}`, 'decisions/s', perSecond(2_000_000, indexed), {
      peer: { name: 'linear scan', runs: perSecond(5000, scanned) },
      goal: {
        text: 'at least 1,000,000 a second and 100 x the scan',
        check: (median, ratio) => median >= 1e6 && ratio >= 100,
      },
    }),
    figure(
      `judge IPv${family}, from text, without steps`,
      'flows/s',
      perSecond(50_000, (i) => judge(decider, text(i)).ok),
    ),
    figure(
      `simulate IPv${family}, from text, with steps`,
      'flows/s',
      perSecond(20_000, (i) => simulate(decider, text(i)).ok),
    ),
  ];
}

/** Pools of mixed sizes, some nested; half of the sources and a quarter of the destinations lie in one. */
function input(family: Family): { pools: Pool[]; flows: { from: Address; to: Address }[] } {
  const random = randomFrom(2026);
  const base = family === 4 ? 10n << 24n : 0xfd00n << 112n;
  const anywhere = (width: number): Address => ({
    family,
    value: base + (BigInt(random.below(2 ** width)) << BigInt(family === 4 ? 0 : 48)),
  });
  const pools = Array.from({ length: POOLS }, (_, i) => ({
    name: `pool-${i}`,
    spec: {
      cidr: formatPrefix(prefixOf(anywhere(24), (family === 4 ? 32 : 80) - random.pick([4, 5, 6, 7, 8, 10]))),
      natOutgoing: random.chance(0.7),
      disabled: random.chance(0.1),
    },
  }));
  const outside = (): Address => ({
    family,
    value: (family === 4 ? 8n << 24n : 0x20010db8n << 96n) + BigInt(random.below(2 ** 24)),
  });
  const flows = Array.from({ length: FLOWS }, () => ({
    from: random.chance(0.5) ? anywhere(24) : outside(),
    to: random.chance(0.25) ? anywhere(24) : outside(),
  }));
  return { pools, flows };
}

type Scan = (from: Key, to: Key) => boolean;

/** The plain way, as fast as it gets: flat arrays of numbers, the first NAT pool that holds the source ends its search. */
function scanV4(pools: readonly Pool[]): Scan {
  const rows = rangesOf(pools);
  const first = Uint32Array.from(rows, (row) => Number(row.first));
  const last = Uint32Array.from(rows, (row) => Number(row.last));
  const nats = Uint8Array.from(rows, (row) => (row.nat ? 1 : 0));
  const held = (key: number, natAlone: boolean): boolean => {
    for (let i = 0; i < first.length; i++) {
      if (key >= (first[i] ?? 0) && key <= (last[i] ?? 0) && (!natAlone || nats[i] === 1)) return true;
    }
    return false;
  };
  return (from, to) => held(Number(from), true) && !held(Number(to), false);
}

function scanV6(pools: readonly Pool[]): Scan {
  const rows = rangesOf(pools).map(({ nat, first, last }) => ({
    nat,
    first: keyOf({ family: 6, value: first }),
    last: keyOf({ family: 6, value: last }),
  }));
  const holds = ({ first, last }: (typeof rows)[number], key: Key): boolean =>
    !before(key, first) && !before(last, key);
  return (from, to) => rows.some((row) => row.nat && holds(row, from)) && !rows.some((row) => holds(row, to));
}

const rangesOf = (pools: readonly Pool[]) =>
  countedPools(pools).map(({ pool, prefix }) => ({ nat: pool.spec.natOutgoing ?? false, ...rangeOf(prefix) }));

function before(a: Key, b: Key): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a < b;
  for (let i = 0; i < 4; i++) {
    const left = a[i] ?? 0;
    const right = b[i] ?? 0;
    if (left !== right) return left < right;
  }
  return false;
}

/** Calls a second over a ring of inputs, a run each; the sum keeps the calls from being thrown away. */
function perSecond(calls: number, ask: (i: number) => boolean): number[] {
  const runs: number[] = [];
  let yes = 0;
  for (let run = 0; run <= RUNS; run++) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) if (ask(i & (FLOWS - 1))) yes++;
    if (run > 0) runs.push(calls / ((performance.now() - start) / 1000)); // the first one warms up
  }
  if (yes === 0) throw new Error('some flows must be answered with yes');
  return runs;
}
