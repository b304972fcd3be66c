/** A connection to the cluster on which one write is carried out, and neither its answer nor the watch tells of it for a while. */
import type { Connection } from '../../server/kube/connection.ts';
import { failure, KubeError } from '../../server/kube/kube-error.ts';

export interface UnheardWrite {
  readonly connection: Connection;
  /** From here on; the next write is carried out unheard. */
  fall(): void;
  /** It was carried out. */
  isLost(): boolean;
  /** The watches tell of all that came. */
  tell(): void;
}

export function unheardWrite(connection: Connection): UnheardWrite {
  let [falls, isLost] = [false, false];
  let heard = Promise.withResolvers<void>();
  heard.resolve();
  async function* held(body: AsyncIterable<Buffer>, signal: AbortSignal): AsyncIterable<Buffer> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    for await (const piece of body) {
      await Promise.race([heard.promise, aborted]);
      yield piece;
    }
  }
  return {
    connection: {
      ...connection,
      async call(request) {
        const answer = await connection.call(request);
        if (request.method === 'GET' || !falls || isLost) return answer;
        isLost = true;
        throw new KubeError('', failure('unreachable', 'nobody answers'));
      },
      stream: async (path, signal) => held(await connection.stream(path, signal), signal),
    },
    fall() {
      falls = true;
      heard = Promise.withResolvers<void>();
    },
    isLost: () => isLost,
    tell: () => heard.resolve(),
  };
}
