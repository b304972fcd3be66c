import { formatBroken, formatErrors } from '../core/calico/format-errors.ts';
import { readManifests } from '../core/calico/read.ts';
import { type UsableState, usableState } from '../core/calico/usable-state.ts';
import { InputError, type Io, write } from './command.ts';
import { readFiles } from './read-files.ts';

export type State = Omit<UsableState, 'broken'>;

/**
 * Pools, NAT settings and nodes of `-f FILE...`, to be judged as a kernel would. Rules that pools break are said on stderr. Throws
 * InputError with everything that makes the files unusable, the same that an agent refuses.
 */
export async function readState(paths: readonly string[] | undefined, io: Io): Promise<State> {
  const read = usableState(readManifests(await readFiles(paths, io)));
  if (!read.ok) throw new InputError(formatErrors(read.errors).trimEnd(), read.errors);
  const { broken, ...state } = read.state;
  await write(io.stderr, formatBroken(broken));
  return state;
}
