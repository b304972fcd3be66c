/** What has to be tidied now and then, whichever server does it. */
import type { Database } from './db/client.ts';
import { pruneSessions } from './services/access/account.ts';
import { pruneApiTokens } from './services/access/api-token-use.ts';
import { pruneAttempts } from './services/access/attempts.ts';
import { pruneHoldings, pruneSamples } from './services/agents/ingest.ts';

const EVERY_MS = 60_000;

/** Returns what stops it. A round that fails is told to `onError`, and the next one comes all the same. */
export function startHousekeeping(db: Database, onError: (error: unknown) => void): () => void {
  const timer = setInterval(() => {
    Promise.all([pruneSamples(db), pruneHoldings(db), pruneAttempts(db), pruneSessions(db), pruneApiTokens(db)]).catch(
      onError,
    );
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
