/** Files of the state directory. Written aside and renamed, so that a reader never meets half a file. */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

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
  makeDirectory(dirname(path));
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, text, { mode: 0o600, flush });
  renameSync(aside, path);
}

/** Why files cannot be kept in the directory, found by keeping one; undefined when they can. */
export function stateDirFault(stateDir: string): string | undefined {
  const probe = join(stateDir, `probe.${process.pid}`);
  try {
    makeDirectory(stateDir);
    writeFileSync(probe, 'x', { mode: 0o600 });
    rmSync(probe);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `--state-dir: must be a directory that can be written: '${stateDir}': ${why}`;
  }
}

/** Node's own `recursive` never ends where the parent exists and takes no directory (/proc/x): each is made once here. */
function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(path) !== path) makeDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // another process may have been first
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
