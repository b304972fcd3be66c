/**
 * Documents of nothing but maps, lists of words, and words that every reader of YAML reads alike, as an export writes them. They
 * are read line by line, in a fifth of the time that a parser of all of YAML takes: an import of thousands waits for nothing
 * else. What is not plain beyond doubt is not read here.
 */
import type { Fields } from './object.ts';
import { isPlain } from './scalar.ts';

export interface PlainDocument {
  readonly value: Fields;
  /** of its first key, from 1 */
  readonly line: number;
  /** its lines, without the one that divides it from the one before */
  readonly text: string;
}

/** Where the next document begins, with the line that divides it from the one before. */
export interface Reached {
  readonly offset: number;
  readonly line: number;
}

const DIVIDER = '---\n';
const MOST_LINES = 100;
const DEEPEST = 8;

/** Plain documents from the text's beginning on. Returns where the first one begins that is not plain, or the text's end. */
export function* plainDocuments(text: string): Generator<PlainDocument, Reached> {
  let at: Reached = { offset: 0, line: 1 };
  while (at.offset < text.length) {
    const divided = text.startsWith(DIVIDER, at.offset);
    const next = text.indexOf(`\n${DIVIDER}`, at.offset);
    const end = next === -1 ? text.length : next + 1;
    const own = text.slice(at.offset + (divided ? DIVIDER.length : 0), end);
    const lines = own.replace(/\n$/, '').split('\n');
    const value = lines.length > MOST_LINES ? null : readLines(lines);
    if (value === null) break;
    const line = at.line + (divided ? 1 : 0);
    yield { value, line, text: own };
    at = { offset: end, line: line + lines.length };
  }
  return at;
}

const LINE = /^( *)(?:([A-Za-z][A-Za-z0-9_-]{0,99}):(?: (\S+|".*"))?|- (\S+|".*"))$/;

/** Null: not plain. */
function readLines(lines: readonly string[]): Fields | null {
  const value: Fields = {};
  const around: { readonly indent: number; readonly map: Fields }[] = [{ indent: 0, map: value }];
  /** a key whose value is on the next lines */
  let open: { readonly indent: number; readonly put: (value: unknown) => void } | null = null;
  let list: { readonly indent: number; readonly items: unknown[] } | null = null;
  for (const line of lines) {
    const [whole, spaces = '', key, given, item] = LINE.exec(line) ?? [];
    if (whole === undefined) return null;
    const indent = spaces.length;
    const word = wordOf(given ?? item);
    if (item !== undefined) {
      if (open !== null && indent >= open.indent) {
        list = { indent, items: [] };
        open.put(list.items);
        open = null;
      }
      if (open !== null || list?.indent !== indent || word === undefined) return null;
      list.items.push(word);
      continue;
    }
    list = null;
    if (open !== null) {
      if (indent <= open.indent || around.length === DEEPEST) return null;
      const map: Fields = {};
      open.put(map);
      open = null;
      around.push({ indent, map });
    }
    while ((around.at(-1)?.indent ?? 0) > indent) around.pop();
    const here = around.at(-1);
    if (here?.indent !== indent || key === undefined || !isPlain(key) || Object.hasOwn(here.map, key)) return null;
    const put = (value: unknown): void => {
      here.map[key] = value;
    };
    if (given === undefined) open = { indent, put };
    else if (word === undefined) return null;
    else put(word);
  }
  return open === null ? value : null;
}

const NUMBER = /^(0|[1-9]\d{0,8})$/;
/** without escapes */
const QUOTED = /^"[ !#-[\]-~]*"$/;

function wordOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  if (isPlain(text)) return text;
  if (text === 'true' || text === 'false') return text === 'true';
  if (NUMBER.test(text)) return Number(text);
  if (QUOTED.test(text)) return text.slice(1, -1);
  return text === '[]' ? [] : undefined;
}
