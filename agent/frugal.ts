/**
 * An agent waits most of its life, and V8's compilers cost memory as soon as they are used: the last one 6 MB, without making
 * any start faster; the middle one 2 MB, the first one 1 MB. The middle one makes a start with ten thousand pools three times
 * as fast: it is there when it is needed.
 */
import { setFlagsFromString } from 'node:v8';

export function saveMemory(): void {
  for (const flag of ['--optimize-for-size', '--max-semi-space-size=1', '--no-opt', '--no-maglev', '--no-sparkplug'])
    setFlagsFromString(flag);
}

/** Characters of a state as it travels: above this, some thousand pools, compiled code is worth its memory. */
export const LARGE = 200_000;

export const expectWork = (): void => setFlagsFromString('--maglev');
