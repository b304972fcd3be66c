/** All objects of a type, in pages, so that no answer is too large and the API server is not stopped by one of ours. */
import type { Connection } from './connection.ts';
import { failure, KubeError } from './kube-error.ts';
import { type KubeObject, readObject } from './object.ts';

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
 * Complete, or a KubeError: a page that fails, is cut short or is no list fails the whole. A token for the next page that
 * has expired is `expired`: start over.
 */
export async function list<T>(connection: Connection, options: ListOptions<T>): Promise<Listed<T>> {
  const { path, query = {}, keep, pageSize = PAGE, signal } = options;
  const items: T[] = [];
  let token = '';
  for (;;) {
    const page = new URLSearchParams({
      ...query,
      limit: String(pageSize),
      ...(token === '' ? {} : { continue: token }),
    });
    const { body } = await connection.call({ method: 'GET', path: `${path}?${page}`, ...(signal ? { signal } : {}) });
    const read = pageOf(body);
    if (read === null) throw new KubeError(`GET ${path}`, failure('garbled', 'the answer must be a list of objects'));
    for (const object of read.objects) items.push(keep(object));
    if (read.next === '') return { items, resourceVersion: read.resourceVersion };
    token = read.next;
  }
}

function pageOf(body: unknown): { objects: KubeObject[]; next: string; resourceVersion: string } | null {
  if (typeof body !== 'object' || body === null) return null;
  const { items, metadata } = body as { items?: unknown; metadata?: Record<string, unknown> | null };
  const resourceVersion = metadata?.['resourceVersion'];
  const next = metadata?.['continue'] ?? '';
  if (!Array.isArray(items) || typeof resourceVersion !== 'string' || typeof next !== 'string') return null;
  const objects = items.map(readObject);
  return objects.every((object) => object !== null) ? { objects, next, resourceVersion } : null;
}
