/**
 * The embedded PostgreSQL: a real server from the package registry, on a Unix socket alone.
 *
 * What must hold, and what would break:
 * - PostgreSQL refuses to run as root, so for root it runs as `nobody` (or whoever owns an older data directory). That
 *   user may be unable to enter the checkout (/root is 0700). The data directory is therefore entered before the rights
 *   are dropped, and PostgreSQL knows it as /proc/self/cwd; it never changes its directory afterwards.
 * - It must outlive nothing and lose nothing: fsync stays on, and `stop` waits until the process is gone. A postmaster
 *   whose parent was killed lives on; it is recognised by its process id and its arguments and taken over.
 * - It is started in its own session: Ctrl-C reaches the server first, which drains, and then stops the database.
 */
import { spawn } from 'node:child_process';
import { chmod, chown, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { environment, findBinaries, run } from './embedded-binaries.ts';
import { isRunning, readPid, waitUntil } from './embedded-process.ts';
import { prepareSocketDir, socketDirFor } from './embedded-socket.ts';
import { type RunAs, runAs } from './embedded-user.ts';

const OWNER = 'outgate';
const APPLICATION = 'outgate_app';
const DATABASE = 'outgate';
const LOG_LIMIT = 10 * 1024 * 1024;

export interface Embedded {
  /** connection string of the application's database, as its owner: for migrations alone */
  readonly url: string;
  /** the same as the role that the application works as: no SET ROLE makes it more than that */
  readonly applicationUrl: string;
  readonly socketDir: string;
  /** the postmaster's process id */
  readonly pid: number;
  /** true if a postmaster of an earlier run was found alive and taken over */
  readonly adopted: boolean;
  /** fast shutdown; resolves when the process is gone and the socket directory removed */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL on `dir` (made when missing), or takes over the one that runs there.
 * `settings` are server settings beside the built-in ones. Throws an Error that says what must hold.
 */
export async function startEmbedded(dir: string, settings: Readonly<Record<string, string>> = {}): Promise<Embedded> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const home = await realpath(dir);
  const data = join(home, 'data');
  const user = await runAs(data);
  const socketDir = socketDirFor(home);
  const log = join(home, 'postgres.log');
  await own(home, user);

  const running = await findRunning(data, socketDir);
  if (running !== null) {
    try {
      return await finish(running, data, socketDir, true);
    } catch (error) {
      // found while it was dying of a kill: it is as good as one that was not found
      if (await isRunning(running, socketDir)) throw error;
      await forget(data);
    }
  }

  await prepareSocketDir(socketDir, user);
  try {
    const binaries = await findBinaries(user);
    if (!(await exists(join(data, 'PG_VERSION')))) await initialise(home, data, binaries.initdb, user);
    const pid = await launch(binaries.postgres, data, socketDir, log, user, settings);
    return await finish(pid, data, socketDir, false);
  } catch (error) {
    await rm(socketDir, { recursive: true, force: true });
    throw error;
  }
}

async function finish(pid: number, data: string, socketDir: string, adopted: boolean): Promise<Embedded> {
  await waitUntil(30_000, async () => {
    if (!(await isRunning(pid, socketDir)))
      throw new Error(`PostgreSQL stopped again; see ${join(data, '../postgres.log')}`);
    return (await readPid(data))?.ready === true;
  });
  await prepareDatabase(socketDir);
  return {
    url: urlFor(socketDir, DATABASE),
    applicationUrl: urlFor(socketDir, DATABASE, APPLICATION),
    socketDir,
    pid,
    adopted,
    stop: async () => {
      await stopProcess(pid, socketDir);
      await rm(socketDir, { recursive: true, force: true });
    },
  };
}

export const urlFor = (socketDir: string, database: string, user = OWNER): string =>
  `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(socketDir)}`;

/** The live postmaster of this data directory. One without its socket is of no use to anybody: it is stopped. */
async function findRunning(data: string, socketDir: string): Promise<number | null> {
  const file = await readPid(data);
  if (file === null) return null;
  if (await isRunning(file.pid, socketDir)) {
    if (await exists(join(socketDir, '.s.PGSQL.5432'))) return file.pid;
    await stopProcess(file.pid, socketDir);
    return null;
  }
  await forget(data);
  return null;
}

/**
 * Of a postmaster that is gone: its number may belong to an unrelated process by now, or still to the killed one until its
 * parent asks for it, and PostgreSQL would refuse to start.
 */
const forget = (data: string): Promise<void> => rm(join(data, 'postmaster.pid'), { force: true });

/** A half-made data directory must never look like a whole one: it gets its name when it is complete. */
async function initialise(home: string, data: string, initdb: string, user: RunAs): Promise<void> {
  const draft = join(home, 'data.new');
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await own(draft, user);
  await run(
    initdb,
    ['-D', '/proc/self/cwd', '-U', OWNER, '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-instructions'],
    { ...user.ids, cwd: draft },
  );
  await rm(data, { recursive: true, force: true });
  await rename(draft, data);
}

async function launch(
  postgres: string,
  data: string,
  socketDir: string,
  logFile: string,
  user: RunAs,
  settings: Readonly<Record<string, string>>,
): Promise<number> {
  const all = { ...builtIn, ...settings };
  const args = ['-D', '/proc/self/cwd', '-k', socketDir];
  for (const [name, value] of Object.entries(all)) args.push('-c', `${name}=${value}`);
  const tooLong = ((await sizeOf(logFile)) ?? 0) > LOG_LIMIT;
  const log = await open(logFile, tooLong ? 'w' : 'a', 0o600);
  try {
    for (let attempt = 0; ; attempt++) {
      const begin = (await sizeOf(logFile)) ?? 0;
      const child = spawn(postgres, args, {
        ...user.ids,
        cwd: data,
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        env: environment,
      });
      let ended = false;
      child.once('exit', () => (ended = true));
      child.once('error', () => (ended = true));
      await waitUntil(60_000, async () => ended || (await isReady(data, child.pid)));
      child.unref();
      if (!ended && child.pid !== undefined) return child.pid;
      const said = (await readFile(logFile)).subarray(begin).toString('utf8').trim();
      // Backends of a killed postmaster need a moment to notice; until then PostgreSQL refuses the directory.
      if (attempt >= 20 || !said.includes('pre-existing shared memory block')) {
        throw new Error(`PostgreSQL did not start; see ${logFile}: ${said.slice(-1000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  } finally {
    await log.close();
  }
}

const builtIn = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  shared_buffers: '64MB',
  max_connections: '100',
  wal_level: 'minimal',
  max_wal_senders: '0',
  huge_pages: 'off',
  io_method: 'sync',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

async function isReady(data: string, pid: number | undefined): Promise<boolean> {
  const file = await readPid(data);
  return file !== null && file.pid === pid && file.ready;
}

/** The database, and the application's role, which may log in here: the socket is the embedded server's only door. */
async function prepareDatabase(socketDir: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlFor(socketDir, 'postgres') });
  client.on('error', () => {}); // lost between two queries: the next one fails and says so
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    const role = await client.query('SELECT rolcanlogin FROM pg_roles WHERE rolname = $1', [APPLICATION]);
    if (role.rowCount === 0) await client.query(`CREATE ROLE ${APPLICATION} LOGIN`);
    else if (!role.rows[0].rolcanlogin) await client.query(`ALTER ROLE ${APPLICATION} LOGIN`);
  } finally {
    await client.end();
  }
}

/** Fast shutdown first; after 20 seconds the immediate one, which crash recovery repairs at the next start. */
async function stopProcess(pid: number, socketDir: string): Promise<void> {
  for (const [signal, wait] of [
    ['SIGINT', 20_000],
    ['SIGQUIT', 10_000],
  ] as const) {
    if (!(await isRunning(pid, socketDir))) return;
    process.kill(pid, signal);
    try {
      await waitUntil(wait, async () => !(await isRunning(pid, socketDir)));
      return;
    } catch {
      // the next, harder signal
    }
  }
  throw new Error(`PostgreSQL (process ${pid}) did not stop`);
}

async function own(path: string, user: RunAs): Promise<void> {
  if (user.ids.uid === undefined || user.ids.gid === undefined) return;
  await chown(path, user.ids.uid, user.ids.gid);
  await chmod(path, 0o700);
}

const sizeOf = async (path: string): Promise<number | null> => {
  try {
    return (await stat(path)).size;
  } catch {
    return null;
  }
};
const exists = async (path: string): Promise<boolean> => (await sizeOf(path)) !== null;
