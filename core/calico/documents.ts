/**
 * YAML and JSON text as objects that still know their lines.
 *
 * The text comes from anybody: nesting, aliases and the number of errors are limited, duplicate keys and unknown tags
 * refused, so that hostile input costs little and nothing is read in two ways. YAML 1.2: `yes` is text, not true.
 */
import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  visit,
} from 'yaml';
import { printable, quote } from '../net/quote.ts';
import { isFields } from './object.ts';
import { type PlainDocument, plainDocuments } from './plain-documents.ts';

export interface ReadError {
  readonly file: string;
  /** 1 for the first document of the file; 0 where the file as a whole is unusable */
  readonly document: number;
  /** 1 for the first line; 0 where the file as a whole is unusable */
  readonly line: number;
  /** `spec.natOutgoing`; '' where the document as a whole is meant */
  readonly field: string;
  readonly message: string;
}

/** One object of a file. */
export interface Item {
  readonly file: string;
  readonly document: number;
  /** of the object's first key */
  readonly line: number;
  readonly value: unknown;
  /** where a field (`spec.allowedUses[1]`) stands, or the nearest field around it */
  lineOf(field: string): number;
  /** the object under a list field, as an item of its own */
  child(field: string, index: number): Item;
  /** a number as it was written, e.g. `026` */
  source(field: string): string | undefined;
}

const DEEPEST = 64;
const MOST_ALIASES = 100;
const MOST_ERRORS = 20;
/** words, signs and spaces between them in one document: a list of pools has 51 a pool, and one of 40,000 takes 0.7 GB to read */
const MOST_WORDS = 6_000_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what text must not hold
const BINARY = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/;

/**
 * The documents of one file and what is wrong with it, in the file's order; empty documents are counted and left out. One at a
 * time: a parsed document takes hundreds of times its text, and a file may hold forty thousand.
 */
export function* readDocuments(file: string, text: string, mostWords = MOST_WORDS): Generator<Item | ReadError> {
  const binary = BINARY.exec(text);
  if (binary !== null) {
    const line = text.slice(0, binary.index).split('\n').length;
    const message = `file must be text without control characters: ${quote(binary[0])}`;
    yield { file, document: 0, line, field: '', message };
    return;
  }
  const plain = plainDocuments(text);
  let documents = 0;
  for (;;) {
    const next = plain.next();
    if (next.done) {
      const { offset, line } = next.value;
      yield* parseDocuments(text.slice(offset), { file, documents, lines: line - 1 }, mostWords);
      return;
    }
    yield plainItem(next.value, { file, documents: documents++ });
  }
}

/** A plain document says what it holds; where a field of it stands is found by the parser, when it is asked for. */
function plainItem({ value, line, text }: PlainDocument, before: Pick<Before, 'file' | 'documents'>): Item {
  // each of its problems asks where it stands
  let known: Item | undefined;
  const parsed = (): Item => {
    if (known !== undefined) return known;
    const [item] = parseDocuments(text, { ...before, lines: line - 1 }, MOST_WORDS);
    if (item === undefined || 'message' in item) throw new Error('a plain document must be one to the parser too');
    known = item;
    return item;
  };
  return {
    file: before.file,
    document: before.documents + 1,
    line,
    value,
    lineOf: (field) => parsed().lineOf(field),
    child: (field, index) => parsed().child(field, index),
    source: (field) => {
      const found = field.split('.').reduce<unknown>((at, key) => (isFields(at) ? at[key] : undefined), value);
      return typeof found === 'string' ? parsed().source(field) : typeof found === 'number' ? String(found) : undefined;
    },
  };
}

/** What of the file was read already. */
interface Before {
  readonly file: string;
  readonly documents: number;
  readonly lines: number;
}

function* parseDocuments(text: string, before: Before, mostWords: number): Generator<Item | ReadError> {
  const { file } = before;
  const lines = new LineCounter();
  const at = (offset: number): number => before.lines + Math.max(1, lines.linePos(offset).line);
  let number = before.documents;
  for (const document of parse(text, lines, mostWords)) {
    number++;
    if ('message' in document) {
      yield { file, document: number, line: at(document.offset), field: '', message: document.message };
      return;
    }
    const problems = problemsOf(document);
    for (const { offset, text } of problems) {
      const message = `document must be valid YAML or JSON: ${printable(text, 200)}`;
      yield { file, document: number, line: at(offset), field: '', message };
    }
    if (problems.length > 0 || document.contents === null) continue;
    const start = at(document.contents.range?.[0] ?? 0);
    const value = toValue(document);
    if (!value.ok) yield { file, document: number, line: start, field: '', message: value.message };
    else if (value.value !== null) {
      yield itemOf({ file, document: number, at, yaml: document }, document.contents, value.value);
    }
  }
}

/** A document that is given up: nothing of the file is read from here on. */
interface GivenUp {
  readonly offset: number;
  readonly message: string;
}

/** Like the library's parseAllDocuments, but it stops where a document gets absurd, instead of running out of stack or memory. */
function* parse(text: string, lines: LineCounter, mostWords: number): Generator<Document.Parsed | GivenUp> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const composer = new Composer({ uniqueKeys: false, stringKeys: true, strict: true, prettyErrors: false });
  // The parser's stack holds a map and its value for every level.
  const limit = 2 * DEEPEST;
  let words = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      words = 0; // a whole document comes at a time
      yield* composer.next(token);
    }
    const tooDeep = parser.stack.length > limit;
    if (!tooDeep && ++words <= mostWords) continue;
    // the composer holds the document before this one until it knows where that ends
    yield* composer.end(false, parser.offset);
    const most = tooDeep ? `be nested at most ${DEEPEST} levels deep` : `have at most ${mostWords} words and signs`;
    yield { offset: parser.offset, message: `document must ${most}` };
    return;
  }
  for (const token of parser.end()) yield* composer.next(token);
  yield* composer.end(false, text.length);
}

interface Problem {
  readonly offset: number;
  readonly text: string;
}

function problemsOf(document: Document.Parsed): Problem[] {
  const problems = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    offset: pos[0],
    text: message,
  }));
  return (problems.length > 0 ? problems : repeatedKeys(document)).slice(0, MOST_ERRORS);
}

/** The library's own check compares every key with every other: a megabyte of keys would take minutes. */
function repeatedKeys(document: Document.Parsed): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const text = `Map keys must be unique: ${quote(key.value)}`;
        if (seen.has(key.value)) problems.push({ offset: key.range?.[0] ?? 0, text });
        seen.add(key.value);
      }
    },
  });
  return problems;
}

function toValue(document: Document.Parsed): { ok: true; value: unknown } | { ok: false; message: string } {
  try {
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    if (!isCyclic(value, new Set(), new Set())) return { ok: true, value };
    return { ok: false, message: 'document must not hold an alias of something around it' };
  } catch (error) {
    return {
      ok: false,
      message: `document must be valid YAML or JSON: ${error instanceof Error ? error.message : ''}`,
    };
  }
}

/** An alias inside its own anchor makes an endless object: whoever walks it would never end. */
function isCyclic(value: unknown, around: Set<unknown>, done: Set<unknown>): boolean {
  if (typeof value !== 'object' || value === null || done.has(value)) return false;
  if (around.has(value)) return true;
  around.add(value);
  const found = Object.values(value).some((one) => isCyclic(one, around, done));
  around.delete(value);
  done.add(value);
  return found;
}

interface Place {
  readonly file: string;
  readonly document: number;
  readonly yaml: Document.Parsed;
  at(offset: number): number;
}

function itemOf(place: Place, node: Node, value: unknown): Item {
  const { file, document, at } = place;
  const line = at(node.range?.[0] ?? 0);
  const find = (field: string) => locate(place.yaml, node, field);
  return {
    file,
    document,
    line,
    value,
    lineOf: (field) => {
      const offset = find(field).offset;
      return offset === undefined ? line : at(offset);
    },
    child: (field, index) => {
      const found = find(`${field}[${index}]`).node ?? node;
      const list = typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined;
      const all: unknown = field === '' ? value : list;
      return itemOf(place, found, Array.isArray(all) ? all[index] : undefined);
    },
    source: (field) => {
      const found = find(field).node;
      return isScalar(found) ? found.source : undefined;
    },
  };
}

/** Walks a field's text down the nodes as far as they exist; keys may hold dots themselves. */
function locate(
  yaml: Document.Parsed,
  root: Node,
  field: string,
): { node: Node | undefined; offset: number | undefined } {
  let node: Node | undefined = root;
  let offset: number | undefined;
  let rest = field;
  while (rest !== '' && node !== undefined) {
    const here: unknown = isAlias(node) ? node.resolve(yaml) : node;
    const index = /^\[(\d+)\]\.?/.exec(rest);
    if (index !== null && isSeq(here)) {
      node = here.items[Number(index[1])] as Node | undefined;
      rest = rest.slice(index[0].length);
      offset = node?.range?.[0] ?? offset;
      continue;
    }
    const pair = isMap(here)
      ? here.items.find(({ key }) => isScalar(key) && startsWithKey(rest, String(key.value)))
      : undefined;
    if (pair === undefined || !isScalar(pair.key)) return { node: undefined, offset };
    offset = pair.key.range?.[0] ?? offset;
    rest = rest.slice(String(pair.key.value).length).replace(/^\./, '');
    node = (pair.value ?? undefined) as Node | undefined;
  }
  return { node, offset };
}

const startsWithKey = (rest: string, key: string): boolean =>
  rest === key || rest.startsWith(`${key}.`) || rest.startsWith(`${key}[`);
