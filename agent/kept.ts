/** Files of the state directory. Written aside and renamed, so that a reader never meets half a file. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Undefined when there is none. */
export function readKept(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Only the owner may read it: credentials lie here too. `flush` makes it survive a power cut, at a few milliseconds. */
export function writeKept(path: string, text: string, flush = true): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, text, { mode: 0o600, flush });
  renameSync(aside, path);
}
