/** What a start of the product has on this machine, and its end where it does not end by itself. */
import { existsSync } from 'node:fs';
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cleanLeftovers } from '../scripts/supervisor/leftovers.ts';
import { signal } from '../scripts/supervisor/process-record.ts';
import { socketDirFor } from '../server/db/embedded-socket.ts';
import { listNamespaces } from './lab/network.ts';
import { labPlan, namespacesOf } from './lab/plan.ts';

/** longer than the lab may take to end */
const GRACE = 15_000;

/** Processes of the data directory, namespaces of the lab, sockets. */
export async function leftOf(dataDir: string, labPrefix: string): Promise<string[]> {
  const processes = (await processesOf(dataDir)).map(({ pid, command }) => `process ${pid}: ${command}`);
  const names = namespacesOf(labPlan(labPrefix));
  const namespaces = (await listNamespaces()).filter((name) => names.includes(name));
  const run = await readdir(join(dataDir, 'run')).catch(() => []);
  const database = await databaseSocketOf(dataDir);
  return [
    ...processes,
    ...namespaces,
    ...run.filter((file) => file.endsWith('.sock')),
    ...(existsSync(database) ? [database] : []),
  ];
}

/** Ends and removes all that; the data directory stays. */
export async function endLeftOf(dataDir: string, labPrefix: string): Promise<void> {
  for (const name of ['SIGTERM', 'SIGKILL'] as const) {
    for (const { pid } of await processesOf(dataDir)) signal(pid, name);
    for (const end = Date.now() + GRACE; (await processesOf(dataDir)).length > 0 && Date.now() < end; ) await delay(50);
  }
  await cleanLeftovers(join(dataDir, 'run'), labPrefix);
  await rm(await databaseSocketOf(dataDir), { recursive: true, force: true });
}

/** Our own processes name it as an argument or in their environment; PostgreSQL has it as its working directory. */
async function processesOf(dataDir: string): Promise<{ pid: number; command: string }[]> {
  const found: { pid: number; command: string }[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    const directory = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (!`${command}\0${environment}\0${directory}`.includes(dataDir)) continue;
    found.push({ pid: Number(pid), command: command.replaceAll('\0', ' ') });
  }
  return found;
}

const databaseSocketOf = async (dataDir: string): Promise<string> =>
  socketDirFor(join(await realpath(dataDir), 'postgres'));
