/** `node server/main.ts`: reads the environment, serves, and stops on a signal. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbedded } from './db/embedded.ts';
import { readEnvironment } from './env.ts';
import { makeLog } from './http/log.ts';
import { nodeRefusal } from './node-version.ts';
import { serve } from './serve.ts';

const root = join(import.meta.dirname, '..');
const refused = nodeRefusal(process.versions.node);
if (refused !== null) {
  console.error(refused);
  process.exit(2);
}
const environment = readEnvironment(process.env);
if (!environment.ok) {
  for (const error of environment.errors) console.error(error);
  process.exit(2);
}
const env = environment.value;
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

try {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const serving = await serve({ env, ...(await database()), root, version, log });
  running.unshift(serving.stop);
  const { setupLink } = await serving.ready;
  const metrics = serving.metricsAddress === null ? {} : { metrics: serving.metricsAddress };
  log.info({ url: serving.url, address: serving.address, ...metrics, version }, 'ready');
  announce(setupLink);
} catch (error) {
  if (stopping === null) {
    console.error(error instanceof Error ? error.message : String(error));
    await stop(1);
  }
}

async function database(): Promise<{ databaseUrl: string; applicationUrl: string }> {
  if (env.databaseUrl !== null) {
    return { databaseUrl: env.databaseUrl, applicationUrl: env.applicationUrl ?? env.databaseUrl };
  }
  const embedded = await startEmbedded(join(env.dataDir, 'postgres'));
  running.unshift(embedded.stop);
  return { databaseUrl: embedded.url, applicationUrl: embedded.applicationUrl };
}

/** To whoever started us; a link that makes an admin has no place in a log file. `node --watch` passes nothing on. */
function announce(setupLink: string | null): void {
  if (process.connected && !env.dev) process.send?.({ setupLink });
  else if (setupLink !== null) {
    process.stderr.write(`\nMake the first account here (once, within a day):\n${setupLink}\n\n`);
  }
}
