/** A watch with nothing around it: what the API server says of a type, and when it said it. */
import { once } from 'node:events';
import { request } from 'node:https';
import { must, type Target } from '../e2e/cluster/request.ts';

export interface WatchedObject {
  readonly metadata: { readonly name: string };
  readonly spec?: Readonly<Record<string, unknown>>;
}

export interface RawWatch {
  /** Resolves with the time (`process.hrtime`) at which an event of such an object was read. One that came before the call does not count. */
  seen(is: (object: WatchedObject) => boolean): Promise<bigint>;
  close(): void;
}

/** From now on. */
export async function rawWatch(target: Target, path: string): Promise<RawWatch> {
  const { metadata } = (await must(target, 'GET', `${path}?limit=1`)) as { metadata: { resourceVersion: string } };
  const asked = new URL(`${path}?watch=true&resourceVersion=${metadata.resourceVersion}`, target.url);
  const headers = { authorization: `Bearer ${target.token}`, accept: 'application/json' };
  const sent = request(asked, { agent: false, ca: target.ca, headers }).end();
  const [answer] = await once(sent, 'response');
  if (answer.statusCode !== 200) throw new Error(`GET ${path}?watch=true: ${answer.statusCode}`);
  const waiting = new Set<{ is: (object: WatchedObject) => boolean; found: (at: bigint) => void }>();
  let rest = '';
  answer.setEncoding('utf8').on('data', (text: string) => {
    const at = process.hrtime.bigint();
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { object } = JSON.parse(line) as { object: WatchedObject };
      for (const one of waiting) {
        if (!one.is(object)) continue;
        waiting.delete(one);
        one.found(at);
      }
    }
  });
  answer.on('error', () => {}); // it was closed
  sent.on('error', () => {});
  return {
    seen: (is) => new Promise((found) => waiting.add({ is, found })),
    close: () => sent.destroy(),
  };
}
