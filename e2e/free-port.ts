import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * On 127.0.0.1. Below the range that the kernel gives to connections: none of them can take it until a server listens there,
 * nor while one that was killed is away.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const free = once(server.listen(port, '127.0.0.1'), 'listening').then(
      () => true,
      () => false,
    );
    if (!(await free)) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
