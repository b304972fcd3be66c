/**
 * Remembers which revision was programmed last, across runs of the agent. It is what tells drift (the kernel differs from
 * what was programmed) from a change of the state between two runs; without it a difference is taken for the latter.
 */
import { join } from 'node:path';
import { readKept, writeKept } from './kept.ts';

export function programmedRecord(stateDir: string, netns: string | undefined) {
  const path = join(stateDir, netns === undefined ? 'programmed' : `programmed-${netns}`);
  let known = readKept(path)?.trim();
  return {
    read: (): string | undefined => known,
    write(revision: string): void {
      if (revision === known) return;
      known = revision;
      try {
        writeKept(path, `${revision}\n`, false);
      } catch {
        // a directory that cannot be written costs no NAT: the next run only says less about drift
      }
    },
  };
}
