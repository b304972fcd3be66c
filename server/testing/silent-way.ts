/** A way to the database of a test, on which it can be cut off without a word: nobody closes the connection, and nothing comes through it. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

export interface SilentWay {
  /** as the database's own, by this way */
  readonly url: string;
  /** All connections that are open now carry nothing any more. New ones work. */
  cut(): void;
  /** The next connection is cut when this is said on it. */
  cutAt(text: string): void;
  /** connections that the client has not ended */
  open(): number;
  close(): void;
}

export async function silentWay(url: string): Promise<SilentWay> {
  const direct = new URL(url);
  // the database of the tests has no port
  const path = join(direct.searchParams.get('host') ?? '', '.s.PGSQL.5432');
  const sockets = new Set<Socket>();
  const open = new Map<Socket, () => void>();
  let word: string | null = null;
  // half open: who says goodbye hears nothing back by itself
  const way = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect(path);
    let silent = false;
    const pass = (from: Socket, into: Socket): void => {
      from.on('data', (data) => {
        if (word !== null && data.includes(word)) [silent, word] = [true, null];
        if (!silent) into.write(data);
      });
      from.on('end', () => silent || into.end());
      from.on('close', () => silent || into.destroy());
      from.on('error', () => {});
    };
    pass(client, server);
    pass(server, client);
    sockets.add(client);
    open.set(client, () => {
      silent = true;
    });
    client.on('end', () => {
      open.delete(client);
      if (silent) server.destroy();
    });
  });
  way.listen(0, '127.0.0.1');
  await once(way, 'listening');
  direct.searchParams.set('host', '127.0.0.1');
  direct.searchParams.set('port', String((way.address() as AddressInfo).port));
  return {
    url: direct.toString(),
    cut: () => {
      for (const silence of open.values()) silence();
    },
    cutAt: (text) => {
      word = text;
    },
    open: () => open.size,
    close: () => {
      way.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
