/**
 * An independent eye on the pools of a test server: what was stored, in order, as far as the server tells it. It outlives
 * whatever happens to the server; what it missed meanwhile shows in the generations, which count every change of a spec.
 */
import { request as httpsRequest } from 'node:https';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { must, type Target } from '../request.ts';

export interface Sighting {
  readonly uid: string;
  /** how often the server has stored another spec of this object */
  readonly generation: number;
  readonly spec: Readonly<Record<string, unknown>>;
}

export interface Witness {
  /** Each form of each pool, the oldest first; those of one that was made again follow the others. */
  readonly seen: ReadonlyMap<string, readonly Sighting[]>;
  /** the names that are there now */
  readonly there: ReadonlySet<string>;
  close(): Promise<void>;
}

interface Stored {
  readonly metadata: { readonly name: string; readonly uid: string; readonly generation: number };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** `path` of the type. Comes when the first list was read. */
export async function witness(target: Target, path: string, saw: () => void = () => {}): Promise<Witness> {
  const seen = new Map<string, Sighting[]>();
  const there = new Set<string>();
  const closing = new AbortController();

  const note = ({ metadata: { name, uid, generation }, spec }: Stored): void => {
    there.add(name);
    const known = seen.get(name) ?? [];
    const last = known.at(-1);
    if (last?.uid === uid && last.generation === generation) return;
    known.push({ uid, generation, spec });
    seen.set(name, known);
    saw();
  };
  const list = async (): Promise<string> => {
    const { items, metadata } = (await must(target, 'GET', path)) as {
      items: Stored[];
      metadata: { resourceVersion: string };
    };
    there.clear();
    for (const item of items) note(item);
    return metadata.resourceVersion;
  };
  const follow = (from: string): Promise<void> =>
    new Promise((resolve) => {
      const sent = httpsRequest(new URL(`${path}?watch=true&resourceVersion=${from}`, target.url), {
        headers: { authorization: `Bearer ${target.token}`, accept: 'application/json' },
        ca: target.ca,
        agent: false,
        signal: closing.signal,
      });
      sent.on('error', () => resolve());
      sent.on('response', (response) => {
        response.on('error', () => resolve());
        response.on('close', resolve);
        const lines = createInterface({ input: response });
        lines.on('error', () => resolve());
        lines.on('line', (line) => {
          const { type, object } = JSON.parse(line) as { type: string; object: Stored };
          if (type === 'ADDED' || type === 'MODIFIED') note(object);
          else if (type === 'DELETED') there.delete(object.metadata.name);
          else sent.destroy();
        });
      });
      sent.end();
    });
  const run = async (from: string): Promise<void> => {
    let next: string | null = from;
    while (!closing.signal.aborted) {
      if (next !== null) await follow(next);
      if (closing.signal.aborted) return;
      await sleep(100);
      next = await list().catch(() => null);
    }
  };
  const running = run(await list());
  return {
    seen,
    there,
    async close() {
      closing.abort();
      await running;
    },
  };
}
