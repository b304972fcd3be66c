/** Everything that is not an interface is a page: Next's handler, in the same process and on the same port. */
import { access } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import type { Room } from './edge.ts';
import { problem, sendProblem } from './problem.ts';

export interface Pages extends Room {
  readonly close: () => Promise<void>;
}

/** Why `dir` has no pages that could be served; null: it has. Next would say it late, and in many lines. */
export async function missingPages(dir: string): Promise<string | null> {
  const product = join(dir, '.next/BUILD_ID');
  return access(product).then(
    () => null,
    () => `the pages must be built: there is no '${product}'; 'npx next build' makes it`,
  );
}

/** Ready when the promise resolves. `dev` compiles pages as they are asked for and reloads them. */
export async function pagesRoom(dir: string, dev: boolean, server: Server): Promise<Pages> {
  const { default: next } = await import('next');
  // given the server, Next answers the reload socket itself; a second answer would break the handshake
  const app = next({ dev, dir, httpServer: server, customServer: true });
  await app.prepare();
  const handle = app.getRequestHandler();
  return {
    path: '/',
    handle: async ({ req, res, path }) => {
      // pages have no actions: what changes something goes through the procedures
      if (req.method !== 'GET' && req.method !== 'HEAD') {
        return sendProblem(res, path, problem('methodNotAllowed', `${path} is a page: the method must be GET`));
      }
      if (path.startsWith('/api/') || path.startsWith('/agent/')) {
        return sendProblem(res, path, problem('notFound', `there is nothing at ${path}`));
      }
      await handle(req, res);
    },
    close: () => app.close(),
  };
}
