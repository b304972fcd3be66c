/**
 * One holder of a name on this machine. An abstract socket (Linux) belongs to the process that listens on it and is gone
 * with it, also after kill -9, so there is no stale lock and no race between two starts.
 */
import net from 'node:net';

export interface MachineLock {
  release(): Promise<void>;
}

/** Null when somebody holds it. */
export function takeLock(name: string): Promise<MachineLock | null> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((connection) => connection.destroy());
    server.on('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)));
    server.listen({ path: `\0${name}` }, () => {
      server.unref();
      resolve({ release: () => new Promise((released) => server.close(() => released())) });
    });
  });
}
