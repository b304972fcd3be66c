/** Keeps the embedded PostgreSQL running: a postmaster that is gone is started again on the same socket. */
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbedded } from '../../server/db/embedded.ts';
import { identify } from './process-record.ts';

export interface KeptDatabase {
  readonly url: string;
  readonly applicationUrl: string;
  stop(): Promise<void>;
}

const LOOK_EVERY = 200;
const LONGEST_PAUSE = 5000;

/** Throws when the first start fails. `report` gets one sentence for each death and each failed start. */
export async function keepDatabase(directory: string, report: (sentence: string) => void): Promise<KeptDatabase> {
  let current = await startEmbedded(directory);
  const stopped = new AbortController();
  const watch = async (): Promise<void> => {
    let pause = LOOK_EVERY;
    while (!stopped.signal.aborted) {
      await delay(pause, undefined, { signal: stopped.signal }).catch(() => {});
      if (stopped.signal.aborted || identify(current.pid) !== null) continue;
      report('PostgreSQL ended; starting it again');
      try {
        current = await startEmbedded(directory);
        pause = LOOK_EVERY;
      } catch (error) {
        pause = Math.min(pause * 2, LONGEST_PAUSE);
        report(error instanceof Error ? error.message : String(error));
      }
    }
  };
  const watching = watch();
  return {
    url: current.url,
    applicationUrl: current.applicationUrl,
    async stop() {
      stopped.abort();
      await watching;
      await current.stop();
    },
  };
}
