/** Binds a server to an address. */
import type { Server } from 'node:http';

export interface Listen {
  /** empty: every address of both families */
  readonly host: string;
  /** 0: any that is free */
  readonly port: number;
}

/** Resolves with the address that was really bound. Rejects when it cannot be had. */
export function listening(server: Server, { host, port }: Listen): Promise<Listen> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // without a host Node takes `::`, which has both families, and 0.0.0.0 where the kernel has no IPv6
    server.listen(port, host === '' ? undefined : host, () => {
      const bound = server.address();
      resolve({ host, port: bound !== null && typeof bound === 'object' ? bound.port : port });
    });
  });
}
