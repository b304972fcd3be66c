import { tracked } from '@trpc/server';
import { z } from 'zod';
import { parseCursor } from '../../events/cursor.ts';
import { liveEvents } from '../../events/live.ts';
import { timeLeft } from '../../services/access/time-left.ts';
import { viewerProcedure } from '../init.ts';

/**
 * LiveEvents, each with an id to resume after: what happened in between is replayed. Without an id, or with one that is
 * too old, the first event is `reset`.
 */
export const subscribe = viewerProcedure
  .input(z.object({ lastEventId: z.string().max(100).nullish() }).optional())
  .subscription(async function* ({ ctx: { deps, user }, input, signal }) {
    const events = liveEvents({
      db: deps.db,
      hub: deps.hub,
      cursor: input?.lastEventId ? parseCursor(input.lastEventId) : null,
      signal,
      holds: () => timeLeft(deps.db, user),
    });
    for await (const { id, event } of events) yield tracked(id, event);
    // a stream that returns is complete for the browser; one that breaks off is opened again, on a server that lives.
    // Where the browser has left, nobody is there to catch it, and it would end the server that is stopping
    if (deps.hub.closing() && signal?.aborted !== true) throw new DOMException('the server stops', 'AbortError');
  });
