/** What happens to the objects of a type, line by line, as the API server tells it. */
import type { Connection } from './connection.ts';
import { failure, KubeError } from './kube-error.ts';
import { type KubeObject, readObject } from './object.ts';
import { readFailure } from './read-failure.ts';
import { strangeType } from './type-of-path.ts';

export type WatchEvent =
  | { readonly type: 'set' | 'gone'; readonly object: KubeObject; readonly resourceVersion: string }
  /** nothing happened up to here */
  | { readonly type: 'bookmark'; readonly resourceVersion: string };

export interface WatchOptions {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** of the list, or of the last event */
  readonly resourceVersion: string;
  /** The server ends the stream after this long, cleanly. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** No object is larger: etcd takes 1.5 MB by default, and a line that never ends is no event. */
const LONGEST_LINE = 32 * 1024 * 1024;

/**
 * The events of one stream. Comes when the server has taken the watch; the iterator ends when the server ends the stream,
 * and throws a KubeError when it fails (`expired`: list again) or the signal's reason when it is aborted.
 */
export async function watch(connection: Connection, options: WatchOptions): Promise<AsyncIterable<WatchEvent>> {
  const { path, query = {}, resourceVersion, seconds, signal } = options;
  const asked = new URLSearchParams({
    ...query,
    watch: 'true',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(seconds),
    resourceVersion,
  });
  return events(path, await connection.stream(`${path}?${asked}`, signal));
}

async function* events(path: string, chunks: AsyncIterable<Buffer>): AsyncIterable<WatchEvent> {
  for await (const line of lines(`GET ${path}?watch=true`, chunks)) yield eventOf(path, line);
}

/** An unfinished line at the end of a stream is dropped: the next stream brings its event again. */
async function* lines(request: string, chunks: AsyncIterable<Buffer>): AsyncIterable<string> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...parts, chunk.subarray(start, end)]).toString('utf8');
      parts = [];
      length = 0;
      start = end + 1;
      if (line.trim() !== '') yield line;
    }
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > LONGEST_LINE) throw garbled(request, 'a line of a watch must end');
  }
}

function eventOf(path: string, line: string): WatchEvent {
  const request = `GET ${path}?watch=true`;
  const { type, object } = parsed(request, line);
  if (type === 'ERROR') {
    const { code } = (object ?? {}) as { code?: unknown };
    throw new KubeError(request, readFailure(typeof code === 'number' ? code : 500, JSON.stringify(object ?? null)));
  }
  if (type === 'BOOKMARK') {
    const { metadata } = (object ?? {}) as { metadata?: { resourceVersion?: unknown } };
    const version = metadata?.resourceVersion;
    if (typeof version === 'string') return { type: 'bookmark', resourceVersion: version };
  }
  const read = readObject(object);
  if (read === null) throw garbled(request, `a line of a watch must hold an object: "${line.slice(0, 100)}"`);
  const strange = strangeType(path, read, '');
  if (strange !== null) throw garbled(request, strange);
  const { resourceVersion } = read.metadata;
  if (type === 'ADDED' || type === 'MODIFIED') return { type: 'set', object: read, resourceVersion };
  if (type === 'DELETED') return { type: 'gone', object: read, resourceVersion };
  throw garbled(request, `a line of a watch must be of a known type: "${String(type)}"`);
}

function parsed(request: string, line: string): { type?: unknown; object?: unknown } {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // said below
  }
  throw garbled(request, `a line of a watch must be JSON: "${line.slice(0, 100)}"`);
}

const garbled = (request: string, message: string): KubeError => new KubeError(request, failure('garbled', message));
