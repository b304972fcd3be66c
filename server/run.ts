/** The server as a process: reads the environment, serves, and stops on a signal. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbedded } from './db/embedded.ts';
import { type Environment, readEnvironment } from './env.ts';
import { makeLog } from './http/log.ts';
import { missingPages } from './http/pages.ts';
import { nodeRefusal } from './node-version.ts';
import { serve } from './serve.ts';

const ROOT = join(import.meta.dirname, '..');

/** `pages` false: the interfaces alone. */
export async function run({ pages }: { readonly pages: boolean }): Promise<void> {
  const env = await usableEnvironment(pages);
  const log = makeLog(env.logLevel);

  /** What runs already, the newest first: all of it ends before the process does. */
  const running: (() => Promise<void>)[] = [];
  let stopping: Promise<void> | null = null;
  const stop = (code: number): Promise<void> => {
    stopping ??= (async () => {
      for (const end of running) await end().catch((error: unknown) => log.error({ error }, 'could not stop cleanly'));
      process.exit(code);
    })();
    return stopping;
  };
  process.on('uncaughtException', (error) => {
    log.fatal({ error }, 'a defect: the process cannot be trusted any more');
    void stop(1);
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(0));

  const database = async (): Promise<{ databaseUrl: string; applicationUrl: string }> => {
    if (env.databaseUrl !== null) {
      return { databaseUrl: env.databaseUrl, applicationUrl: env.applicationUrl ?? env.databaseUrl };
    }
    const embedded = await startEmbedded(join(env.dataDir, 'postgres'));
    running.unshift(embedded.stop);
    return { databaseUrl: embedded.url, applicationUrl: embedded.applicationUrl };
  };

  try {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const serving = await serve({ env, ...(await database()), root: pages ? ROOT : null, version, log });
    running.unshift(serving.stop);
    const { setupLink } = await serving.ready;
    const metrics = serving.metricsAddress === null ? {} : { metrics: serving.metricsAddress };
    log.info({ url: serving.url, address: serving.address, ...metrics, version }, 'ready');
    announce(setupLink, env);
  } catch (error) {
    if (stopping === null) {
      console.error(error instanceof Error ? error.message : String(error));
      await stop(1);
    }
  }
}

/** Ends the process with 2, and every reason on stderr, where another start would end the same. */
async function usableEnvironment(pages: boolean): Promise<Environment> {
  const refused = nodeRefusal(process.versions.node);
  if (refused !== null) return unusable([refused]);
  const environment = readEnvironment(process.env);
  if (!environment.ok) return unusable(environment.errors);
  // in development they are compiled as they are asked for
  const missing = pages && !environment.value.dev ? await missingPages(ROOT) : null;
  return missing === null ? environment.value : unusable([missing]);
}

function unusable(reasons: readonly string[]): never {
  for (const reason of reasons) console.error(reason);
  process.exit(2);
}

/** To whoever started us; a link that makes an admin has no place in a log file. `node --watch` passes nothing on. */
function announce(setupLink: string | null, { dev }: Environment): void {
  if (process.connected && !dev) process.send?.({ setupLink });
  else if (setupLink !== null) {
    process.stderr.write(`\nMake the first account here (once, within a day):\n${setupLink}\n\n`);
  }
}
