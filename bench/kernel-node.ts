/** A network namespace for one benchmark, gone when that ends, however. */
import { execFileSync } from 'node:child_process';
import { removeWithUs } from '../agent/testing/remove-with-us.ts';

export interface BenchNode {
  readonly name: string;
  run(words: readonly string[], stdin?: string): string;
  remove(): void;
}

/** Null with the reason when namespaces cannot be made here. */
export function benchNode(title: string): BenchNode | { readonly skipped: string } {
  if (process.getuid?.() !== 0) return { skipped: 'network namespaces need root' };
  const name = `ogb-${process.pid}-${title}`;
  removeWithUs(name);
  execFileSync('ip', ['netns', 'add', name]);
  return {
    name,
    run: (words, stdin = '') =>
      execFileSync('nsenter', [`--net=/run/netns/${name}`, '--', ...words], {
        encoding: 'utf8',
        input: stdin,
        stdio: ['pipe', 'pipe', 'ignore'],
        maxBuffer: 1e9,
      }),
    remove: () => void execFileSync('ip', ['netns', 'delete', name]),
  };
}

export const millisecondsSince = (start: bigint): number => Number(process.hrtime.bigint() - start) / 1e6;

/** The i-th of many /24 pools. */
export const manyPool = (i: number, natOutgoing = true) => ({
  name: `pool-${i}`,
  spec: { cidr: `${11 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.0/24`, natOutgoing },
});
