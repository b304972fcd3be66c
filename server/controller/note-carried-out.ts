/** Notes from when on the cluster has each change, whenever nothing waits any more to be brought there. */
import { noteCarriedOut } from '../db/carried-out.ts';
import type { Database } from '../db/client.ts';

export interface CarriedOutNotes {
  settled(): void;
  stop(): Promise<void>;
}

export function carriedOutNotes(db: Database, failed: (error: unknown) => void): CarriedOutNotes {
  let due = false;
  let stopped = false;
  let running: Promise<void> | null = null;

  const noteAll = async (): Promise<void> => {
    for (let last: number | null = 0; last !== null && !stopped; ) last = await noteCarriedOut(db, last);
  };
  const run = async (): Promise<void> => {
    while (due && !stopped) {
      due = false;
      await noteAll().catch(failed);
    }
    running = null;
  };
  return {
    settled() {
      due = true;
      running ??= run();
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}
