/**
 * The documents at the head of a text that are written so plainly that every reader of YAML reads them alike: maps of words,
 * numbers and short lists, one a line, as we and most people write pools. Reading them here takes a thirtieth of the time. From
 * the first document on that is anything else, the library reads.
 */

export interface PlainDocument {
  readonly value: Readonly<Record<string, unknown>>;
  /** without the `---` around it */
  readonly text: string;
  /** where `text` begins; 1 for the first line */
  readonly line: number;
}

export interface PlainHead {
  /** up to, and without, the `---` before what is not plain */
  readonly end: number;
  /** lines before `end` */
  readonly lines: number;
}

const SEPARATOR = '---';
/** characters of one document: no pool is longer */
const LONGEST = 4_000;
const DEEPEST = 6;

/** Returns where the library begins. */
export function* plainDocuments(text: string): Generator<PlainDocument, PlainHead> {
  let head: PlainHead = { end: 0, lines: 0 };
  let start = text.startsWith(`${SEPARATOR}\n`) ? SEPARATOR.length + 1 : 0;
  let line = start === 0 ? 1 : 2;
  while (start < text.length) {
    const next = text.indexOf(`\n${SEPARATOR}\n`, start);
    const end = next === -1 ? text.length : next + 1;
    if (end - start > LONGEST) break;
    const document = text.slice(start, end);
    const lines = document.split('\n');
    if (lines.pop() !== '') break;
    const value = read(lines);
    if (value === undefined) break;
    yield { value, text: document, line };
    line += lines.length + 1;
    head = { end, lines: line - 2 };
    start = next === -1 ? end : end + SEPARATOR.length + 1;
  }
  return head;
}

const ENTRY = /^( *)([A-Za-z][A-Za-z0-9_./-]{0,200}):(?: ([^ ].*))?$/;
const ITEM = /^( *)- ([^ ].*)$/;
const WORD = /^[A-Za-z][A-Za-z0-9_./()-]*$/;
const CIDR = /^[0-9a-f][0-9a-f.:]*\/\d+$/;
const NUMBER = /^(?:0|[1-9][0-9]{0,14})$/;
const QUOTED = /^(?:"[ !#-[\]-~]*"|'[ -&(-~]*')$/;
/** what some reader takes for something else than text */
const NOT_TEXT = /^(y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

interface Open {
  readonly indent: number;
  readonly map: Record<string, unknown>;
  /** the key whose value the next lines hold, deeper or as a list */
  pending: string | null;
}

/** Undefined: not plain. */
function read(lines: readonly string[]): Record<string, unknown> | undefined {
  const top: Open = { indent: 0, map: {}, pending: null };
  const stack = [top];
  let list: { readonly indent: number; readonly items: unknown[] } | null = null;
  for (const line of lines) {
    let here = stack.at(-1) ?? top;
    const item = ITEM.exec(line);
    if (item !== null) {
      const indent = item[1]?.length ?? 0;
      if (list === null) {
        if (here.pending === null || indent < here.indent) return undefined;
        list = { indent, items: [] };
        here.map[here.pending] = list.items;
        here.pending = null;
      }
      const value = scalar(item[2] ?? '');
      if (value === undefined || indent !== list.indent) return undefined;
      list.items.push(value);
      continue;
    }
    list = null;
    const entry = ENTRY.exec(line);
    if (entry === null) return undefined;
    const [, spaces = '', key = '', text] = entry;
    const indent = spaces.length;
    if (indent > here.indent) {
      if (here.pending === null || stack.length === DEEPEST) return undefined;
      const deeper: Open = { indent, map: {}, pending: null };
      here.map[here.pending] = deeper.map;
      here.pending = null;
      stack.push(deeper);
      here = deeper;
    } else {
      if (here.pending !== null) return undefined;
      while (here.indent > indent && stack.length > 1) {
        stack.pop();
        here = stack.at(-1) ?? top;
      }
      if (here.indent !== indent) return undefined;
    }
    if (NOT_TEXT.test(key) || Object.hasOwn(here.map, key)) return undefined;
    if (text === undefined) {
      here.pending = key;
      here.map[key] = null; // its place in the order of keys
      continue;
    }
    const value = scalar(text);
    if (value === undefined) return undefined;
    here.map[key] = value;
  }
  return lines.length > 0 && stack.at(-1)?.pending === null ? top.map : undefined;
}

function scalar(text: string): unknown {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (CIDR.test(text) || (WORD.test(text) && !NOT_TEXT.test(text))) return text;
  if (NUMBER.test(text)) return Number(text);
  if (QUOTED.test(text)) return text.slice(1, -1);
  return text === '[]' ? [] : undefined;
}
