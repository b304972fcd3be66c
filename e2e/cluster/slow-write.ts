/** A connection to the cluster whose writes wait until they are let go, and are then carried out and answered. */
import type { Connection } from '../../server/kube/connection.ts';

export interface SlowWrite {
  readonly connection: Connection;
  /** A write waits, or has waited. */
  isSent(): boolean;
  go(): void;
}

export function slowWrite(connection: Connection): SlowWrite {
  const gate = Promise.withResolvers<void>();
  let isSent = false;
  const call: Connection['call'] = async (request) => {
    if (request.method !== 'GET') {
      isSent = true;
      await gate.promise;
    }
    return connection.call(request);
  };
  return { connection: { ...connection, call }, isSent: () => isSent, go: gate.resolve };
}
