/**
 * Runs the product on this machine: embedded PostgreSQL, the server and, with the rights for it, the lab. With --cluster
 * there is a Kubernetes API server too, and the lab's nodes are its nodes.
 *
 * It owns the data directory while it runs (one supervisor each, by a lock that dies with it). Whatever dies is started
 * again; whatever a killed supervisor left is ended first. Stopping goes the other way round: agents and lab, server,
 * database, so that nothing loses what it still talks to.
 */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { readEnvironment } from '../../server/env.ts';
import { reachableHost } from '../../server/http/origin.ts';
import { type KeptCluster, keepCluster } from './cluster.ts';
import { openDataDir } from './data-dir.ts';
import { type KeptDatabase, keepDatabase } from './database.ts';
import type { KeptChild } from './keep-running.ts';
import { type LabChoice, labJoinToken, startLab, whyNoLab } from './lab.ts';
import { cleanLeftovers } from './leftovers.ts';
import { takeLock } from './machine-lock.ts';
import { type Paths, pathsIn } from './paths.ts';
import { removeRecord, writeRecord } from './process-record.ts';
import { isFree, lastServerLines, startServer } from './server.ts';

/** Resolves with the exit code once everything has ended: 0 asked to, 1 could not start, 2 unusable configuration. */
async function supervise(options: { dev: boolean; cluster: boolean }): Promise<number> {
  const read = readEnvironment(process.env);
  if (!read.ok) {
    for (const error of read.errors) console.error(error);
    return 2;
  }
  const { dataDir, listen } = read.value;
  const prefix = process.env['OUTGATE_LAB_PREFIX'] || 'outgate';
  const choice = (process.env['OUTGATE_LAB'] || 'auto') as LabChoice;
  let paths: Paths;
  try {
    paths = pathsIn(openDataDir(dataDir));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`OUTGATE_DATA_DIR: ${dataDir} must be a directory that can be written to (${message})`);
    return 2;
  }
  const local = `http://${reachableHost(listen.host)}:${listen.port}`;
  const address = read.value.url ?? local;

  const lock = await takeLock(`outgate-data-${createHash('sha256').update(paths.run).digest('hex').slice(0, 16)}`);
  if (lock === null) {
    console.error(`Outgate already runs on ${dataDir}: ${whereItRuns(paths.address)}`);
    return 2;
  }
  const stopping = stopSignals();

  const left = await cleanLeftovers(paths.run, prefix);
  if (left.length > 0) say(`Ended and removed what a killed run had left: ${left.join(', ')}`);
  if (!(await isFree(listen.host, listen.port))) {
    console.error(`OUTGATE_LISTEN: another program listens on ${listen.host}:${listen.port}; choose another address`);
    return 1;
  }
  writeRecord(paths.run, 'supervisor', process.pid, 'SIGTERM');
  writeFileSync(paths.address, address);

  let database: KeptDatabase | undefined;
  let cluster: KeptCluster | undefined;
  const children: KeptChild[] = [];
  try {
    const [noLab, kept] = await Promise.all([
      whyNoLab(choice, prefix),
      read.value.databaseUrl === null ? keepDatabase(paths.database, say) : undefined,
    ]);
    database = kept;
    if (noLab !== null && choice === 'on') {
      console.error(`OUTGATE_LAB is on, but the lab cannot run: ${noLab}`);
      return 1;
    }
    if (options.cluster) cluster = await keepCluster(paths, say);
    const server = startServer(paths, {
      dev: options.dev,
      address: local,
      report: say,
      environment: {
        OUTGATE_DATA_DIR: dataDir,
        ...(database === undefined ? {} : { DATABASE_URL: database.url, DATABASE_APP_URL: database.applicationUrl }),
        ...cluster?.environment,
        ...(options.dev ? { OUTGATE_DEV: '1' } : {}),
        ...(noLab === null ? { OUTGATE_LAB_SOCKET: paths.labSocket } : {}),
        ...(noLab === null ? { OUTGATE_BOOTSTRAP_JOIN_TOKEN: labJoinToken(paths) } : {}),
      },
    });
    children.push(server);
    if (noLab === null)
      children.push(startLab(paths, { server: local, prefix, pods: cluster !== undefined, report: say }));

    const ended = Promise.race([stopping, server.ended]);
    const start = await Promise.race([server.ready, ended, delay(LONGEST_START, 'late' as const, { ref: false })]);
    const ready = typeof start === 'object' && start !== null;
    if (ready) greet(address, paths, { setupLink: start.setupLink, noLab, cluster });
    const end = start === 'late' ? start : await ended;
    if (end === 'asked') return 0;
    console.error(
      `The server ${ready ? 'ended' : 'did not become ready'}. The end of its log:\n${lastServerLines(paths)}`,
    );
    return typeof end === 'number' ? end : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    for (const child of children.reverse()) await child.stop();
    await cluster?.stop();
    await database?.stop();
    removeRecord(paths.run, 'supervisor');
    rmSync(paths.address, { force: true });
    await lock.release();
    say('Stopped');
  }
}

/** a first start in dev compiles everything */
const LONGEST_START = 180_000;

const say = (sentence: string): void => console.log(sentence);

function stopSignals(): Promise<'asked'> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => resolve('asked'));
    // started through another process: when that one is killed, nobody is left to ask us
    process.on('disconnect', () => resolve('asked'));
  });
}

function whereItRuns(addressFile: string): string {
  try {
    return `see ${readFileSync(addressFile, 'utf8')}, or stop it first`;
  } catch {
    return 'stop it first';
  }
}

interface Greeting {
  readonly setupLink: string | null;
  readonly noLab: string | null;
  readonly cluster: KeptCluster | undefined;
}

function greet(address: string, paths: Paths, { setupLink, noLab, cluster }: Greeting): void {
  say(`\nOutgate is ready: ${address}`);
  if (setupLink !== null) say(`First visit, once: ${setupLink}`);
  say(noLab === null ? 'The lab runs: two nodes, four pods, an outside host' : `The lab is off: ${noLab}`);
  if (cluster !== undefined) {
    say(`The API server runs; its kubeconfig: ${cluster.kubeconfig}`);
    say(`Try: ${cluster.toTry}`);
  }
  say(`Logs: ${paths.logs}    Stop: Ctrl-C\n`);
}

process.exit(await supervise({ dev: process.argv.includes('--dev'), cluster: process.argv.includes('--cluster') }));
