/** A connection to the cluster that keeps a write: nobody hears what became of it, and it is carried out when the test says so. */
import type { Connection } from '../../server/kube/connection.ts';
import { failure, KubeError } from '../../server/kube/kube-error.ts';

export interface KeptWrite {
  readonly connection: Connection;
  /** Other writes are carried out from here on. */
  heal(): void;
  /** The first write is carried out. Rejects with what the cluster says to it. */
  comes(): Promise<unknown>;
}

export function keptWrite(connection: Connection): KeptWrite {
  const sent: (() => Promise<unknown>)[] = [];
  let isCut = true;
  return {
    connection: {
      ...connection,
      async call(request) {
        if (request.method === 'GET' || !isCut) return connection.call(request);
        sent.push(() => connection.call(request));
        throw new KubeError('', failure('unreachable', 'nobody answers'));
      },
    },
    heal() {
      isCut = false;
    },
    async comes() {
      const [first] = sent;
      if (first === undefined) throw new Error('nothing was written');
      return first();
    },
  };
}
