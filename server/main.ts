/** `node server/main.ts`: reads the environment, serves, and stops on a signal. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbedded } from './db/embedded.ts';
import { readEnvironment } from './env.ts';
import { makeLog } from './http/log.ts';
import { serve } from './serve.ts';

const root = join(import.meta.dirname, '..');
const environment = readEnvironment(process.env);
if (!environment.ok) {
  for (const error of environment.errors) console.error(error);
  process.exit(2);
}
const env = environment.value;
const log = makeLog(env.logLevel);

try {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const embedded = env.databaseUrl === null ? await startEmbedded(join(env.dataDir, 'postgres')) : null;
  const databaseUrl = env.databaseUrl ?? embedded?.url ?? '';
  const serving = await serve({ env, databaseUrl, root, version, log });

  let stopping = false;
  const stop = async (code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await serving.stop();
    await embedded?.stop();
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(0));
  serving.ready.then(
    ({ setupLink }) => {
      log.info({ url: serving.url, address: serving.address, version }, 'ready');
      // who started us with a channel shows the link itself, and keeps it out of the log
      if (process.connected) process.send?.({ setupLink });
      else if (setupLink !== null)
        process.stderr.write(`\nMake the first account here (once, within a day):\n${setupLink}\n\n`);
    },
    (error: unknown) => {
      if (stopping) return;
      log.fatal({ error }, 'the server cannot start');
      void stop(1);
    },
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
