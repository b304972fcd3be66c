/**
 * Where the socket lies. A socket's path may have at most 107 bytes, and PostgreSQL's user must be able to enter the
 * directory: so it is a short one under the temporary directory, named after the data directory.
 */
import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunAs } from './embedded-user.ts';

const LONGEST = 107 - '/.s.PGSQL.5432'.length;

export function socketDirFor(home: string): string {
  const name = `outgate-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`;
  const usual = join(tmpdir(), name);
  return Buffer.byteLength(usual) <= LONGEST ? usual : join('/tmp', name);
}

/** Makes it, or checks the one that is there: everybody may write to /tmp, and whoever owns the directory owns the data. */
export async function prepareSocketDir(dir: string, user: RunAs): Promise<void> {
  try {
    await mkdir(dir, { mode: 0o700 });
    if (user.ids.uid !== undefined && user.ids.gid !== undefined) await chown(dir, user.ids.uid, user.ids.gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const found = await lstat(dir);
  if (!found.isDirectory() || (found.uid !== user.uid && found.uid !== process.getuid?.())) {
    throw new Error(`${dir} must be a directory of user id ${user.uid}: remove it, it belongs to user id ${found.uid}`);
  }
  if (user.ids.uid !== undefined && user.ids.gid !== undefined) await chown(dir, user.ids.uid, user.ids.gid);
  await chmod(dir, 0o700);
}
