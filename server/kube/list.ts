/** All objects of a type, in pages, so that no answer is too large and the API server is not stopped by one of ours. */
import { quote } from '../../core/net/quote.ts';
import type { Connection } from './connection.ts';
import { failure, KubeError } from './kube-error.ts';
import { type KubeObject, keyOf, readObject } from './object.ts';
import { strangeType } from './type-of-path.ts';

export interface Listed<T> {
  readonly items: readonly T[];
  /** where a watch goes on */
  readonly resourceVersion: string;
}

export interface ListOptions<T> {
  /** `/apis/projectcalico.org/v3/ippools` */
  readonly path: string;
  /** `labelSelector`, `fieldSelector` */
  readonly query?: Readonly<Record<string, string>>;
  /** What is kept of each object; the rest is let go page by page. */
  readonly keep: (object: KubeObject) => T;
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
}

const PAGE = 500;

/**
 * Complete, or a KubeError: a page that fails, is cut short or is no list of this type fails the whole, and so does one item
 * that cannot be told from others. A token for the next page that has expired is `expired`: start over. Where pages are too
 * large they are asked for smaller.
 */
export async function list<T>(connection: Connection, options: ListOptions<T>): Promise<Listed<T>> {
  const items: T[] = [];
  let resourceVersion = '';
  for await (const page of pages(connection, options)) {
    for (const object of page.objects) items.push(options.keep(object));
    resourceVersion = page.resourceVersion;
  }
  return { items, resourceVersion };
}

/** Page by page, for who may have enough before the end. Fails as `list` does. */
export async function* pages(
  connection: Connection,
  { path, query = {}, pageSize = PAGE, signal }: Omit<ListOptions<unknown>, 'keep'>,
): AsyncGenerator<Page> {
  const keys = new Set<string>();
  const garbled = (message: string): KubeError => new KubeError(`GET ${path}`, failure('garbled', message));
  let token = '';
  let size = pageSize;
  for (;;) {
    const page = new URLSearchParams({ ...query, limit: String(size), ...(token === '' ? {} : { continue: token }) });
    let body: unknown;
    try {
      ({ body } = await connection.call({ method: 'GET', path: `${path}?${page}`, ...(signal ? { signal } : {}) }));
    } catch (error) {
      if (!(error instanceof KubeError) || error.kind !== 'too-large' || size === 1) throw error;
      size = Math.ceil(size / 10);
      continue;
    }
    const read = pageOf(path, body);
    if (typeof read === 'string') throw garbled(read);
    for (const object of read.objects) {
      const key = keyOf(object);
      if (keys.has(key)) throw garbled(`a list must name each object once; '${key}' comes twice`);
      keys.add(key);
    }
    yield read;
    if (read.next === '') return;
    token = read.next;
  }
}

export interface Page {
  readonly objects: readonly KubeObject[];
  readonly next: string;
  readonly resourceVersion: string;
}

/** Or what is wrong with it. */
function pageOf(path: string, body: unknown): Page | string {
  if (typeof body !== 'object' || body === null) return 'the answer must be a list of objects';
  const strange = strangeType(path, body, 'List');
  if (strange !== null) return strange;
  const { items, metadata } = body as { items?: unknown; metadata?: Record<string, unknown> | null };
  const resourceVersion = metadata?.['resourceVersion'];
  const next = metadata?.['continue'] ?? '';
  if (typeof resourceVersion !== 'string') return 'a list must have metadata.resourceVersion';
  if (!Array.isArray(items) || typeof next !== 'string') return 'the answer must be a list of objects';
  const objects = items.flatMap((item) => readObject(item) ?? []);
  if (objects.length === items.length) return { objects, next, resourceVersion };
  const index = items.findIndex((item) => readObject(item) === null);
  const { metadata: named } = (items[index] ?? {}) as { metadata?: { name?: unknown } | null };
  const which = `items[${index}]${typeof named?.name === 'string' ? ` (${quote(named.name)})` : ''}`;
  return `${which} must be an object with metadata.name, uid and resourceVersion: ${quote(items[index])}`;
}
