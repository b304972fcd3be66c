import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { type NodeFacts, nodeFactsSchema } from '../core/nat/node-facts.ts';
import { readFacts } from '../core/nat/read-facts.ts';
import { quote } from '../core/net/quote.ts';
import { InputError } from './command.ts';
import type { State } from './read-state.ts';

/** What `--node` names: the facts in a file, or one of the nodes in `-f`, whose own settings then hold. */
export interface NamedNode {
  readonly name: string | undefined;
  readonly facts: NodeFacts | undefined;
}

/** Throws InputError, with one line for every field that cannot be used. */
export async function readNode(given: string | undefined, state: State): Promise<NamedNode> {
  if (given === undefined) return { name: undefined, facts: undefined };
  const text = await readFile(given, 'utf8').catch(() => undefined);
  if (text !== undefined) {
    const facts = parseNode(given, text);
    return { name: facts.name, facts };
  }
  if (state.nodes.includes(given) || Object.hasOwn(state.settings.nodes, given))
    return { name: given, facts: undefined };
  throw new InputError(`--node must be a readable file, or the name of a node in -f: ${quote(given)}`);
}

function parseNode(file: string, text: string): NodeFacts {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw new InputError(
      `${file}: file must be YAML or JSON: ${error instanceof Error ? error.message.split('\n')[0] : ''}`,
    );
  }
  const parsed = nodeFactsSchema.safeParse(document);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${file}: ${['node', ...issue.path].join('.')}: ${mustBe(issue)}`);
    throw new InputError(lines.join('\n'));
  }
  const facts = readFacts(parsed.data);
  if (!facts.ok)
    throw new InputError(facts.errors.map(({ field, message }) => `${file}: ${field}: ${message}`).join('\n'));
  return parsed.data;
}

const shapes: Readonly<Record<string, string>> = {
  object: 'must be an object',
  array: 'must be a list',
  string: 'must be a text',
};

function mustBe(issue: { readonly code?: string; readonly expected?: unknown; readonly message: string }): string {
  if (issue.code === 'too_small') return 'must not be empty';
  return shapes[String(issue.expected)] ?? issue.message;
}
