import { formatErrors } from '../core/calico/format-errors.ts';
import { type Manifests, readManifests } from '../core/calico/read.ts';
import { InputError, type Io } from './command.ts';
import { readFiles } from './read-files.ts';

/** The manifests of `-f FILE...`. Throws InputError that lists every problem of every file. */
export async function readInput(paths: readonly string[] | undefined, io: Io): Promise<Manifests> {
  const manifests = readManifests(await readFiles(paths, io));
  if (manifests.errors.length > 0) throw new InputError(formatErrors(manifests.errors).trimEnd(), manifests.errors);
  return manifests;
}
