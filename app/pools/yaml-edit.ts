/** Writes a pool's values into the text somebody typed: comments, order and spelling of all other lines stay. */
import { isMap, isScalar, type Pair, parseDocument, type Scalar, type YAMLMap } from 'yaml';
import { type Pool, poolSpecSchema } from '../../core/pool/spec.ts';

const order: readonly string[] = poolSpecSchema.keyof().options;

/** Null when the text is not one plain IPPool document: then the caller writes a fresh one. */
export function setFields(text: string, { name, spec }: Pool): string | null {
  const document = parseDocument(text);
  if (document.errors.length > 0 || document.get('kind') !== 'IPPool') return null;
  const map = document.get('spec');
  if (!isMap(document.get('metadata')) || !isMap(map)) return null;
  const metadata = document.get('metadata');
  if (isMap(metadata) && metadata.get('name') !== name) write(metadata, 'name', name);
  for (const field of order) {
    const value: unknown = spec[field as keyof typeof spec];
    if (value === undefined) map.delete(field);
    else if (!map.has(field)) map.items.splice(place(map, field), 0, document.createPair(field, value));
    else if (JSON.stringify(document.toJS().spec[field]) !== JSON.stringify(value)) {
      write(map, field, Array.isArray(value) ? document.createNode(value) : value);
    }
  }
  return document.toString({ lineWidth: 0 });
}

/** Sets a value in its place; how it is quoted is chosen anew, with quotes round what YAML 1.1 takes for no text. */
function write(map: YAMLMap, field: string, value: unknown): void {
  map.set(field, value);
  const node = map.get(field, true);
  if (isScalar(node)) node.type = typeof value === 'string' && NOT_PLAIN.test(value) ? 'QUOTE_DOUBLE' : 'PLAIN';
}
const NOT_PLAIN = /^(y|n|yes|no|on|off|true|false|null|[-+.\d_e:]*)$/i;

/** Before the first field that stands later in the canonical order. */
function place(map: YAMLMap, field: string): number {
  const at = map.items.findIndex((pair) => order.indexOf(keyOf(pair)) > order.indexOf(field));
  return at < 0 ? map.items.length : at;
}

const keyOf = (pair: Pair): string => String((pair.key as Scalar | null)?.value ?? '');

/** Line (from 1) where a field such as `spec.cidr` or `metadata.name` stands; null if it does not. */
export function lineOf(text: string, field: string): number | null {
  const document = parseDocument(text);
  if (document.errors.length > 0) return null;
  const path = field.replace(/\[\d+\]$/, '').split('.');
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1));
  if (!isMap(parent)) return null;
  const pair = parent.items.find((each) => keyOf(each) === path.at(-1));
  const range = (pair?.key as Scalar | null | undefined)?.range;
  return range == null ? null : text.slice(0, range[0]).split('\n').length;
}
