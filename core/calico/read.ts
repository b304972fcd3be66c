/**
 * Kubernetes manifests as pools, settings and nodes: what `kubectl get -o yaml`, calicoctl and people write.
 *
 * All files are one answer. Every problem is named with file, document, line and field; an object with a problem is in
 * no other part of the answer, so a caller that finds errors must not take the rest for the whole.
 */
import { leadingZeros } from '../nat/port-range.ts';
import type { ClusterSettings } from '../nat/settings.ts';
import { printable, quote } from '../net/quote.ts';
import type { FieldError, Shaped } from '../pool/shape.ts';
import type { Pool } from '../pool/spec.ts';
import { type Item, type ReadError, readDocuments } from './documents.ts';
import { type Fields, isFields } from './object.ts';
import { type NodeAddresses, readNode } from './read-node.ts';
import { readOldPool, readPool } from './read-pool.ts';
import { readSettings } from './read-settings.ts';

export type { ReadError } from './documents.ts';

/** Where an object stands. */
export interface Place {
  readonly file: string;
  readonly document: number;
  /** of its first key */
  readonly line: number;
}

export interface Manifests {
  pools: ({ pool: Pool } & Place)[];
  /** null if no file holds a FelixConfiguration */
  settings: ClusterSettings | null;
  /** by `global.natPortRange`, `nodes.<name>.natPortRange`, as validateSettings names them */
  settingsAt: Map<string, Place>;
  nodes: NodeAddresses[];
  errors: ReadError[];
}

/**
 * Reads YAML or JSON: IPPool (both API groups), `ipPool` of Calico v1, FelixConfiguration, Node, lists of them. Never
 * throws. A file without any document is an error, so that an emptied file is not taken for "no pools";
 * `kind: List, items: []` says that.
 */
export function readManifests(files: readonly { name: string; text: string }[]): Manifests {
  const reader = new Reader();
  for (const { name, text } of files) {
    let empty = true;
    for (const read of readDocuments(name, text)) {
      empty = false;
      if ('message' in read) reader.found.errors.push(read);
      else reader.object(read);
    }
    if (empty) {
      const message = 'file must hold at least one document';
      reader.found.errors.push({ file: name, document: 0, line: 0, field: '', message });
    }
  }
  return reader.found;
}

const groups = ['projectcalico.org/v3', 'crd.projectcalico.org/v1'] as const;
/** kind -> API versions it is accepted in; for the others the message names them */
const kinds: Readonly<Record<string, readonly string[]>> = {
  IPPool: groups,
  ipPool: ['v1'],
  FelixConfiguration: groups,
  Node: ['v1'],
};

/** What a typed list (`IPPoolList`) says for its items, which may leave it out. */
interface Listed {
  readonly kind: string;
  readonly apiVersion: unknown;
}

/** of one object: hostile ones have a problem in every of their hundred thousand fields */
const MOST_ERRORS = 50;
/** characters: an unknown field is named as it was typed */
const LONGEST_FIELD = 200;

class Reader {
  readonly found: Manifests = { pools: [], settings: null, settingsAt: new Map(), nodes: [], errors: [] };
  /** `kind name` -> where it was first seen; not the item itself, which holds its whole document */
  private readonly seen = new Map<string, Place>();

  object(item: Item, listed?: Listed): void {
    const { value } = item;
    if (Array.isArray(value)) this.items(item, '', value);
    else if (isFields(value))
      this.ofKind(item, value, value['kind'] ?? listed?.kind, value['apiVersion'] ?? listed?.apiVersion);
    else this.fail(item, [{ field: '', message: `document must be an object: ${quote(value)}` }]);
  }

  private ofKind(item: Item, object: Fields, kind: unknown, apiVersion: unknown): void {
    const listOf = typeof kind === 'string' ? /^(.*)List$/.exec(kind)?.[1] : undefined;
    const accepted = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (listOf === '' || (listOf !== undefined && Object.hasOwn(kinds, listOf))) {
      const items = object['items'];
      if (Array.isArray(items))
        this.items(item, 'items', items, listOf === '' ? undefined : { kind: listOf, apiVersion });
      else this.fail(item, [{ field: 'items', message: `items must be a list: ${given(items)}` }]);
    } else if (typeof kind !== 'string' || accepted === undefined) {
      const message = `kind must be one of ${Object.keys(kinds).join(', ')}, List: ${given(kind)}`;
      this.fail(item, [{ field: 'kind', message }]);
    } else if (!accepted.some((one) => one === apiVersion)) {
      const message = `apiVersion of kind ${kind} must be ${accepted.join(' or ')}: ${given(apiVersion)}`;
      this.fail(item, [{ field: 'apiVersion', message }]);
    } else if (kind === 'FelixConfiguration') this.settings(item, object);
    else if (kind === 'Node') this.node(item, object);
    else this.pool(item, kind === 'IPPool' ? readPool(object) : readOldPool(object));
  }

  private items(item: Item, field: string, all: unknown[], listed?: Listed): void {
    for (const i of all.keys()) {
      const child = item.child(field, i);
      if (Array.isArray(child.value)) this.fail(child, [{ field: '', message: 'item of a list must be an object' }]);
      else this.object(child, listed);
    }
  }

  private pool(item: Item, read: Shaped<Pool>): void {
    const pool = this.take(item, withPlainNumber(item, 'blockSize', read));
    if (pool === undefined || !this.isFirst(item, 'IPPool', pool.name)) return;
    this.found.pools.push({ pool, ...placeOf(item) });
  }

  private node(item: Item, object: Fields): void {
    const node = this.take(item, readNode(object));
    if (node !== undefined && this.isFirst(item, 'Node', node.name)) this.found.nodes.push(node);
  }

  private settings(item: Item, object: Fields): void {
    const read = this.take(item, withPlainNumber(item, 'natPortRange', readSettings(object)));
    if (read === undefined) return;
    const { node, settings } = read;
    if (!this.isFirst(item, 'FelixConfiguration', node === undefined ? 'default' : `node.${node}`)) return;
    this.found.settings ??= { global: {}, nodes: {} };
    if (node === undefined) this.found.settings.global = settings;
    else this.found.settings.nodes[node] = settings;
    for (const setting of Object.keys(settings)) {
      const place = { ...placeOf(item), line: item.lineOf(`spec.${setting}`) };
      this.found.settingsAt.set(`${node === undefined ? 'global' : `nodes.${node}`}.${setting}`, place);
    }
  }

  private take<T>(item: Item, read: Shaped<T>): T | undefined {
    if (read.ok) return read.value;
    this.fail(item, read.errors);
    return undefined;
  }

  private isFirst(item: Item, kind: string, name: string): boolean {
    const first = this.seen.get(`${kind} ${name}`);
    if (first === undefined) {
      this.seen.set(`${kind} ${name}`, placeOf(item));
      return true;
    }
    const where = `${first.file}, document ${first.document}, line ${first.line}`;
    const message = `name must be given to one ${kind} only: ${quote(name)} is also in ${where}`;
    this.fail(item, [{ field: 'metadata.name', message }]);
    return false;
  }

  private fail({ file, document, lineOf }: Item, errors: readonly FieldError[]): void {
    const place = { file, document };
    for (const { field, message } of errors.slice(0, MOST_ERRORS)) {
      this.found.errors.push({ ...place, line: lineOf(field), field: printable(field, LONGEST_FIELD), message });
    }
    const more = errors.length - MOST_ERRORS;
    if (more > 0)
      this.found.errors.push({ ...place, line: lineOf(''), field: '', message: `${more} more problems here` });
  }
}

const placeOf = ({ file, document, line }: Item): Place => ({ file, document, line });

const given = (value: unknown): string => (value === undefined ? 'it is absent' : quote(value));

/** `026` is 26 to YAML 1.2 and 22 to kubectl: refused, because nobody can know which one was meant. */
function withPlainNumber<T>(item: Item, field: string, read: Shaped<T>): Shaped<T> {
  const written = item.source(`spec.${field}`);
  if (written === undefined || !/^[-+]?0[0-9xo]/.test(written)) return read;
  // a range is text, and its own rule says so in the same words
  const zeros = field === 'natPortRange' ? leadingZeros(written) : undefined;
  if (zeros !== undefined && written.includes(':')) return read;
  const message = zeros ?? `${field} must be a decimal number without leading zeros: ${quote(written)}`;
  return { ok: false, errors: [...(read.ok ? [] : read.errors), { field: `spec.${field}`, message }] };
}
