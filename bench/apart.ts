/**
 * Who has which core. A cluster's API server does not share its machine with those who ask it: where all of them share two
 * cores, a benchmark adds up what everybody works, and says little of who waits for whom.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Gives `first` a core to themselves, and the rest to `others` and this process, with all that they start from here on. What is
 * returned gives this process all of them again. Throws where there is only one core, or no `taskset` (util-linux).
 */
export function setApart(first: readonly number[], others: readonly number[]): () => void {
  const all = cores();
  const [one, ...rest] = all;
  if (one === undefined || rest.length === 0) throw new Error('there must be at least two cores');
  for (const pid of first) pin(pid, [one]);
  for (const pid of others.flatMap((pid) => [pid, ...childrenOf(pid)])) pin(pid, rest);
  pin(process.pid, rest);
  return () => pin(process.pid, all);
}

const pin = (pid: number, to: readonly number[]): void => {
  // -a: all its threads, also those that are there already
  execFileSync('taskset', ['-a', '-c', '-p', to.join(','), String(pid)], { stdio: ['ignore', 'ignore', 'inherit'] });
};

/** Those that this process may run on. */
function cores(): number[] {
  const list = /^Cpus_allowed_list:\s+(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
