/** How the server stops: no new connection, streams ended, what is being answered is answered, then the rest is cut. */
import type { Server } from 'node:http';

/** Resolves when every connection is gone, at the latest after `graceMs`. */
export async function drain(server: Server, endStreams: () => void, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  endStreams();
  server.closeIdleConnections();
  // connections that were busy become idle: keep-alive would hold them open until its own timeout
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  let cut: NodeJS.Timeout | undefined;
  // not `closed` again: a connection that was upgraded (a page being developed has one) is none of HTTP's any more
  const over = new Promise<void>((resolve) => {
    cut = setTimeout(() => {
      server.closeAllConnections();
      resolve();
    }, graceMs);
  });
  await Promise.race([closed, over]);
  clearInterval(sweep);
  clearTimeout(cut);
}
