/** A database of which one transaction is under way at a time; the others wait here. */
import type { Database } from './client.ts';

/**
 * For transactions that all begin with the same lock. If they waited for it in PostgreSQL, a process that is frozen would
 * get it for one after the other, and each time keep it from everybody until the session times out.
 */
export function oneAtATime(db: Database): Database {
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...db,
    transaction(work) {
      const result = last.then(() => db.transaction(work));
      last = result.catch(() => {});
      return result;
    },
  };
}
