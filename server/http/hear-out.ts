/** The end of an answer to a request that is not read to its end. */
import type { ServerResponse } from 'node:http';

/** whoever is still sending then is cut off */
const PATIENCE_MS = 5000;

/**
 * A connection that is closed while more comes is reset, and the answer on it is lost: all of it is written, and what still comes is
 * thrown away for a while.
 */
export function endHearingOut(res: ServerResponse, text: string): void {
  const { req } = res;
  const end = (): void => {
    clearTimeout(timer);
    req.off('end', end).off('close', end);
    res.end();
  };
  const timer = setTimeout(end, PATIENCE_MS);
  req.once('end', end).once('close', end);
  res.write(text);
  req.resume();
}
