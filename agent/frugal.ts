/**
 * An agent waits most of its life. V8's last compiler costs 6 MB as soon as it is used and makes no start faster; the one
 * before it costs 2 MB and makes the start with ten thousand pools three times as fast: it is there when it is needed.
 */
import { setFlagsFromString } from 'node:v8';

export function saveMemory(): void {
  for (const flag of ['--optimize-for-size', '--max-semi-space-size=1', '--no-opt', '--no-maglev'])
    setFlagsFromString(flag);
}

/** Characters of a state as it travels: above this, some thousand pools, compiled code is worth its memory. */
export const LARGE = 200_000;

export const expectWork = (): void => setFlagsFromString('--maglev');
