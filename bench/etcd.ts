/** Objects straight into etcd: through the API server's front it would take minutes to make tens of thousands. */
import { once } from 'node:events';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Reachable } from '../e2e/cluster/start-api-server.ts';

/** etcd takes at most 128 at a time, and 1.5 MB. */
const BATCH = 64;

/** `make` gives key and object. The server's own cache needs a while for what came in behind it. */
export async function putObjects(
  server: Pick<Reachable, 'kubeconfig'>,
  count: number,
  make: (i: number) => readonly [string, object],
): Promise<void> {
  const socketPath = join(dirname(server.kubeconfig), 'localhost:2');
  for (let from = 0; from < count; from += BATCH) {
    const success = Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => {
      const [key, object] = make(from + i);
      return { requestPut: { key: base64(key), value: base64(JSON.stringify(object)) } };
    });
    const sent = request({ socketPath, method: 'POST', path: '/v3/kv/txn' });
    sent.end(JSON.stringify({ success }));
    const [answer] = await once(sent, 'response');
    const said = await text(answer);
    if (answer.statusCode !== 200) throw new Error(`etcd must take the objects: ${answer.statusCode} ${said}`);
  }
}

const base64 = (value: string): string => Buffer.from(value).toString('base64');
