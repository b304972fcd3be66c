import { tracked } from '@trpc/server';
import { z } from 'zod';
import { parseCursor } from '../../events/cursor.ts';
import { liveEvents } from '../../events/live.ts';
import { hasSession } from '../../services/access/account.ts';
import { apiTokenHolds } from '../../services/access/api-token-use.ts';
import type { SessionUser } from '../../services/actor.ts';
import { viewerProcedure } from '../init.ts';

/**
 * LiveEvents, each with an id to resume after: what happened in between is replayed. Without an id, or with one that is
 * too old, the first event is `reset`.
 */
export const subscribe = viewerProcedure
  .input(z.object({ lastEventId: z.string().max(100).nullish() }).optional())
  .subscription(async function* ({ ctx: { deps, user }, input, signal }) {
    const { token } = user;
    const events = liveEvents({
      db: deps.db,
      hub: deps.hub,
      cursor: input?.lastEventId ? parseCursor(input.lastEventId) : null,
      signal: untilExpiry(signal, token, deps.now()),
      stillAllowed: () => (token === undefined ? hasSession(deps.db, user.id) : apiTokenHolds(deps.db, token.id)),
    });
    for await (const { id, event } of events) yield tracked(id, event);
    // a stream that returns is complete for the browser; one that breaks off is opened again, on a server that lives
    if (deps.hub.closing()) throw new DOMException('the server stops', 'AbortError');
  });

/** The longest time that a timer can have: a stream that is open for three weeks ends too, and is opened again. */
const LONGEST_MS = 2 ** 31 - 1;

/** A token's stream does not outlive it. */
function untilExpiry(signal: AbortSignal | undefined, token: SessionUser['token'], now: Date): AbortSignal | undefined {
  const expiresAt = token?.expiresAt ?? null;
  if (expiresAt === null) return signal;
  const left = Math.min(LONGEST_MS, Math.max(0, expiresAt.getTime() - now.getTime()));
  return AbortSignal.any([AbortSignal.timeout(left), ...(signal === undefined ? [] : [signal])]);
}
