/**
 * `npm run bench -- [NAME]...`: runs the benchmarks of this folder (all of them without a name) and writes
 * bench/results/NAME.json. Exit code 1 when a goal is not met, 2 for an unknown name.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Bench, Figure } from './bench.ts';

const folder = import.meta.dirname;
const results = join(folder, 'results');

async function main(args: readonly string[]): Promise<number> {
  const known = await benches();
  if (args.includes('--help') || args.includes('-h')) {
    for (const [name, { summary }] of known) console.log(`${name.padEnd(12)} ${summary}`);
    return 0;
  }
  const unknown = args.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    console.error(`bench: name must be one of ${[...known.keys()].join(', ')}: '${unknown.join("', '")}'`);
    return 2;
  }
  let met = true;
  for (const [name, bench] of known) {
    if (args.length > 0 && !args.includes(name)) continue;
    console.error(`${name}: ${bench.summary}`);
    const figures = await bench.run((line) => console.error(`  ${line}`));
    if ('skipped' in figures) {
      console.log(`${name}: skipped: ${figures.skipped}`);
      continue;
    }
    mkdirSync(results, { recursive: true });
    const text = JSON.stringify(
      { name, at: new Date().toISOString(), machine: machine(), versions: versions(), figures },
      null,
      2,
    );
    writeFileSync(join(results, `${name}.json`), `${text}\n`);
    for (const one of figures) console.log(lineOf(name, one));
    met &&= figures.every((one) => one.met !== false);
  }
  return met ? 0 : 1;
}

/** Every module here that exports `bench`, by file name. */
async function benches(): Promise<Map<string, Bench>> {
  const found = new Map<string, Bench>();
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts') || file === 'main.ts') continue;
    const module = (await import(join(folder, file))) as { bench?: Bench };
    if (module.bench !== undefined) found.set(file.slice(0, -'.ts'.length), module.bench);
  }
  return found;
}

function lineOf(bench: string, { name, unit, median, peer, ratio, goal, met }: Figure): string {
  const beside =
    peer === null || ratio === null ? '' : `, ${short(ratio)} x ${peer.name} (${short(peer.median)} ${unit})`;
  const verdict = goal === null ? '' : `  ${met ? 'met' : 'NOT MET'}: ${goal}`;
  return `${bench}: ${name}: ${short(median)} ${unit}${beside}${verdict}`;
}

const short = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);

const machine = () => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryGb: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
});

function versions(): Record<string, string | null> {
  const ask = (tool: string): string | null => {
    try {
      const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
      const said = execFileSync(tool, ['--version'], { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] });
      return said.split('\n')[0] ?? null;
    } catch {
      return null; // not on this machine
    }
  };
  return { node: process.version, iptables: ask('iptables'), ipset: ask('ipset') };
}

process.exitCode = await main(process.argv.slice(2));
