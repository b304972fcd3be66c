/** Input files of a command (`-f FILE`, repeatable, `-` for stdin) as text. */
import { readFile } from 'node:fs/promises';
import { InputError, type Io, UsageError } from './command.ts';

/** Throws UsageError when no file is named, InputError with one line for every file that cannot be read. */
export async function readFiles(
  paths: readonly string[] | undefined,
  io: Io,
): Promise<{ name: string; text: string }[]> {
  if (paths === undefined || paths.length === 0) throw new UsageError('-f FILE must be given');
  if (paths.filter((path) => path === '-').length > 1) throw new UsageError('-f - (stdin) must be given only once');
  const files: { name: string; text: string }[] = [];
  const problems: string[] = [];
  for (const path of paths) {
    const name = path === '-' ? '<stdin>' : path;
    try {
      files.push({ name, text: decode(path === '-' ? await readAll(io) : await readFile(path)) });
    } catch (error) {
      problems.push(`${name}: ${reasonOf(error)}`);
    }
  }
  if (problems.length > 0) throw new InputError(problems.join('\n'));
  return files;
}

async function readAll(io: Io): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk));
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
  ERR_FS_FILE_TOO_LARGE: 'file must be smaller than 2 GB',
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return reasons[code] ?? error.message;
}
