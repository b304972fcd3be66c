/** The Go that builds the programs: only what is installed here, no toolchain is downloaded. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Environment } from './find.ts';

/**
 * Ours alone, whatever the caller's own flags are: -trimpath and no cgo make static programs that are the same everywhere,
 * and both are part of Go's cache key, so changing one of them compiles everything again.
 */
export const GO_ENVIRONMENT = {
  CGO_ENABLED: '0',
  GOFLAGS: '-trimpath -buildvcs=false',
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
} as const;

export type Go =
  | { readonly usable: true; readonly version: string }
  | { readonly usable: false; readonly problem: string };

/** Whether `go` on PATH is at least `needed` (`1.26`, `1.26.1`). */
export async function findGo(needed: string, env: Environment = process.env): Promise<Go> {
  const local: Environment = { ...env, ...GO_ENVIRONMENT };
  const asked = await promisify(execFile)('go', ['env', 'GOVERSION'], { env: local as NodeJS.ProcessEnv }).catch(
    () => null,
  );
  if (asked === null) return { usable: false, problem: `Go ${needed} or newer must be on PATH; there is none` };
  const version = asked.stdout.trim().replace(/^go/, '');
  if (isAtLeast(version, needed)) return { usable: true, version };
  return { usable: false, problem: `Go ${needed} or newer must be on PATH; it is ${version}` };
}

/** Of `1.26.3` and `1.26` or `1.26.1`; what is no release (`devel ...`) is not. */
export function isAtLeast(version: string, needed: string): boolean {
  const [major = Number.NaN, minor = Number.NaN, patch = 0] = version
    .split('.')
    .map((part) => Number.parseInt(part, 10));
  const [wantedMajor = 0, wantedMinor = 0, wantedPatch = 0] = needed.split('.').map(Number);
  if (major !== wantedMajor) return major > wantedMajor;
  return minor > wantedMinor || (minor === wantedMinor && patch >= wantedPatch);
}
