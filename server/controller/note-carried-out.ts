/** Notes from when on the cluster has each change of which nothing waits any more to be brought there. */
import { NEVER_LOOKED, newest, noteCarriedOut } from '../db/carried-out.ts';
import type { Database } from '../db/client.ts';

export interface CarriedOutNotes {
  look(): void;
  stop(): Promise<void>;
}

export function carriedOutNotes(db: Database, failed: (error: unknown) => void): CarriedOutNotes {
  let known = NEVER_LOOKED;
  let due = false;
  let stopped = false;
  let running: Promise<void> | null = null;

  const noteAll = async (): Promise<void> => {
    const now = await newest(db);
    const waiting: number[] = [];
    for (
      let some = await noteCarriedOut(db, 0, known);
      some !== null;
      some = await noteCarriedOut(db, some.last, known)
    ) {
      waiting.push(...some.waiting);
      if (stopped) return;
    }
    known = { ...now, waiting };
  };
  const run = async (): Promise<void> => {
    while (due && !stopped) {
      due = false;
      await noteAll().catch(failed);
    }
    running = null;
  };
  return {
    look() {
      due = true;
      running ??= run();
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}
