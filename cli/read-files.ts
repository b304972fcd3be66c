/** Input files of a command (`-f FILE`, repeatable, `-` for stdin) as text. */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { formatErrors } from '../core/calico/format-errors.ts';
import type { ReadError } from '../core/calico/read.ts';
import { InputError, type Io, UsageError } from './command.ts';

const MEBIBYTE = 1 << 20;
/** Far above what pools take (40,000 in YAML are 5 MB), below what a text may hold. */
const LARGEST = 256 * MEBIBYTE;

/** Throws UsageError when no file is named, InputError with one line for every file that cannot be read. */
export async function readFiles(
  paths: readonly string[] | undefined,
  io: Io,
): Promise<{ name: string; text: string }[]> {
  if (paths === undefined || paths.length === 0) throw new UsageError('-f FILE must be given');
  if (paths.filter((path) => path === '-').length > 1) throw new UsageError('-f - (stdin) must be given only once');
  const files: { name: string; text: string }[] = [];
  const problems: ReadError[] = [];
  for (const path of paths) {
    const name = path === '-' ? '<stdin>' : path;
    try {
      files.push({ name, text: decode(await readAll(path === '-' ? io.stdin : createReadStream(path))) });
    } catch (error) {
      problems.push({ file: name, document: 0, line: 0, field: '', message: reasonOf(error) });
    }
  }
  if (problems.length > 0) throw new InputError(formatErrors(problems).trimEnd(), problems);
  return files;
}

/** Never more than LARGEST: a device or a pipe may have no end. */
async function readAll(input: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > LARGEST) throw new InputError(`file must be at most ${LARGEST / MEBIBYTE} MiB`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError('file must be UTF-8 text');
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'file must exist',
  EISDIR: 'must be a file, not a directory',
  EACCES: 'file must be readable by this user',
  ENOTDIR: 'file must exist',
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return reasons[code] ?? error.message;
}
