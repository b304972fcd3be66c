import { accessSync, constants, mkdirSync, realpathSync } from 'node:fs';

/** The real path of the directory, which is made where it is not there. Throws where it cannot be made or written to. */
export function openDataDir(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  accessSync(dataDir, constants.W_OK);
  return realpathSync(dataDir);
}
