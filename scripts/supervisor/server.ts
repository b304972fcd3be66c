/** Starts the server and finds out when its pages can be used. */
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type KeptChild, keepRunning } from './keep-running.ts';
import { MEMORY } from './memory.ts';
import { type Paths, ROOT } from './paths.ts';

export interface ServerOptions {
  readonly dev: boolean;
  /** where it will answer */
  readonly address: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly report: (sentence: string) => void;
}

/** Exit code of a server whose configuration is unusable: starting it again would not help. */
const UNUSABLE = 2;

export interface StartedServer extends KeptChild {
  /** resolves when its pages can be used, with the link of the first visit while there is no account */
  readonly ready: Promise<{ setupLink: string | null }>;
}

export function startServer(paths: Paths, options: ServerOptions): StartedServer {
  let announce: (link: { setupLink: string | null }) => void = () => {};
  const ready = new Promise<{ setupLink: string | null }>((resolve) => {
    announce = resolve;
  });
  // its own rooms alone: Next writes files that it has loaded, and each write would start it again
  const watched = ['server', 'core'].map((room) => `--watch-path=${join(ROOT, room)}`);
  const watch = options.dev ? [...watched, '--watch-preserve-output'] : [];
  const child = keepRunning({
    name: 'server',
    command: process.execPath,
    args: [...watch, join(ROOT, 'server/main.ts')],
    env: { ...MEMORY, ...process.env, ...options.environment, NODE_ENV: options.dev ? 'development' : 'production' },
    ...(options.dev ? {} : { logFile: serverLog(paths) }),
    runDir: paths.run,
    stopSignal: 'SIGTERM',
    graceMs: 10_000,
    died: (how, again) => options.report(`the server ended (${how}); starting it again in ${again} ms`),
    ...(options.dev ? {} : { onMessage: (message: unknown) => announce(message as { setupLink: string | null }) }),
    finalCodes: [UNUSABLE],
  });
  if (options.dev) void untilReady(options.address).then(() => announce({ setupLink: null }));
  return { ...child, ready };
}

/** A watched server's messages end at `node --watch`: it is asked instead, and prints its setup link itself. */
async function untilReady(address: string): Promise<void> {
  const isReady = (): Promise<boolean> =>
    fetch(`${address}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) await delay(200, undefined, { ref: false });
}

const serverLog = (paths: Paths): string => join(paths.logs, 'server.log');

/** The end of the server's log, for a start that failed. */
export function lastServerLines(paths: Paths): string {
  try {
    return readFileSync(serverLog(paths), 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  } catch {
    return '';
  }
}

/** True when nobody listens there yet. */
export function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.on('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EADDRINUSE'));
    server.listen({ host, port }, () => server.close(() => resolve(true)));
  });
}
