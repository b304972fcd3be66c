/**
 * A file, or a directory of `*.yaml`, as state. A file is taken whole or not at all: one wrong line and nothing of it counts.
 * This is the only part that knows YAML, loaded when it is needed: with the server as source the parser costs no memory.
 */
import { isUtf8 } from 'node:buffer';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBroken, formatErrors } from '../../core/calico/format-errors.ts';
import { readManifests as readTexts } from '../../core/calico/read.ts';
import { usableState } from '../../core/calico/usable-state.ts';
import { expectWork, LARGE } from '../frugal.ts';
import { type HeldState, holdState } from '../held-state.ts';

/** Reasons are lines of `FILE: document N, line N, FIELD: what must hold`; `broken` is lines of rules that do not hold, or ''. */
export type ReadState =
  | { readonly ok: true; readonly held: HeldState; readonly broken: string }
  | { readonly ok: false; readonly reasons: readonly string[] };

export async function readState(path: string): Promise<ReadState> {
  const files = await readTextFiles(path);
  if (typeof files === 'string') return { ok: false, reasons: [files] };
  if (files.some(({ text }) => text.length > LARGE)) expectWork();
  const read = usableState(readTexts(files));
  if (!read.ok) return { ok: false, reasons: read.errors.map((error) => formatErrors([error]).trimEnd()) };
  const { pools, settings, hosts, broken } = read.state;
  return { ok: true, held: holdState(pools, settings, hosts), broken: formatBroken(broken) };
}

/** The files with their texts, or why they cannot be read. */
async function readTextFiles(path: string): Promise<{ name: string; text: string }[] | string> {
  try {
    const paths = await filesOf(path);
    if (paths.length === 0) return `${path}: directory must hold at least one *.yaml file`;
    return await Promise.all(paths.map(async (name) => ({ name, text: await readText(name) })));
  } catch (error) {
    return `${path}: must be readable: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Read as the command line reads: a replaced character would be a pool that nobody wrote. */
async function readText(path: string): Promise<string> {
  const bytes = await readFile(path);
  if (!isUtf8(bytes)) throw new Error(`'${path}' must be UTF-8 text`);
  return new TextDecoder().decode(bytes);
}

/** Throws for what may never end: a pipe, a socket, a device. */
export async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path);
  const names = found.isDirectory() ? (await readdir(path)).filter((name) => name.endsWith('.yaml')).sort() : undefined;
  const files = names?.map((name) => join(path, name)) ?? [path];
  for (const file of files) {
    if (!(await stat(file)).isFile()) throw new Error(`'${file}' must be a regular file`);
  }
  return files;
}
