/** Flows in, verdicts out, one JSON object a line, in the same order and in constant memory. */
import type { Readable, Writable } from 'node:stream';
import type { NodeFacts } from '../core/nat/node-facts.ts';
import { type Decider, judge } from '../core/nat/simulate.ts';
import type { Flow } from '../core/nat/verdict.ts';
import { quote } from '../core/net/quote.ts';
import { write } from './command.ts';

/** No flow is longer; a longer line is answered with an error and not kept. */
const LONGEST_LINE = 65536;

/** Exit code: 1 when a line could not be judged. */
export async function streamFlows(
  input: Readable,
  output: Writable,
  decider: Decider,
  facts: NodeFacts | undefined,
): Promise<number> {
  let failed = false;
  for await (const lines of linesOf(input)) {
    let out = '';
    for (const line of lines) {
      const answer = answerLine(line, decider, facts);
      if ('error' in answer) failed = true;
      out += `${JSON.stringify(answer)}\n`;
    }
    // with every chunk, so that a caller who sends one flow and waits is answered
    if (out !== '') await write(output, out);
  }
  return failed ? 1 : 0;
}

/** The lines of each chunk that say something; undefined for one that is too long. */
async function* linesOf(input: Readable): AsyncGenerator<(string | undefined)[]> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let skipping = false;
  for await (const chunk of input) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk as Uint8Array, { stream: true });
    let start = 0;
    const lines: (string | undefined)[] = [];
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      const line = rest.slice(start, end);
      start = end + 1;
      if (skipping) skipping = false;
      else if (line.length > LONGEST_LINE) lines.push(undefined);
      else if (line.trim() !== '') lines.push(line);
    }
    rest = rest.slice(start);
    if (rest.length > LONGEST_LINE) {
      if (!skipping) lines.push(undefined);
      skipping = true;
      rest = '';
    }
    yield lines;
  }
  if (!skipping && rest.trim() !== '') yield [rest];
}

type Id = string | number | null;

function answerLine(line: string | undefined, decider: Decider, facts: NodeFacts | undefined): object {
  if (line === undefined) return { id: null, error: `line must be at most ${LONGEST_LINE} characters` };
  const read = readLine(line);
  if ('error' in read) return read;
  const judged = judge(decider, read.flow, facts);
  if (!judged.ok)
    return { id: read.id, error: judged.errors.map(({ field, message }) => `${field}: ${message}`).join('; ') };
  const { verdict, code, source } = judged.value;
  return { id: read.id, verdict, code, source };
}

const kinds: Readonly<Record<string, 'string' | 'number'>> = {
  from: 'string',
  to: 'string',
  proto: 'string',
  port: 'number',
  sport: 'number',
  resolvedTo: 'string',
  state: 'string',
  outInterface: 'string',
};

function readLine(line: string): { id: Id; flow: Flow } | { id: Id; error: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { id: null, error: `line must be a JSON object: ${quote(line)}` };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { id: null, error: `line must be a JSON object: ${quote(line)}` };
  }
  const { id: given, ...rest } = parsed as Record<string, unknown>;
  const id: Id = typeof given === 'string' || typeof given === 'number' ? given : null;
  const problems: string[] = [];
  const fields: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(rest)) {
    if (value === null) continue; // the same as absent
    const kind = Object.hasOwn(kinds, field) ? kinds[field] : undefined;
    if (kind === undefined) problems.push(`${quote(field)} is no field of a flow`);
    else if (field === 'proto' && typeof value === 'number') fields[field] = String(value);
    else if (typeof value !== kind) problems.push(`${field}: ${field} must be a ${kind}: ${quote(value)}`);
    else fields[field] = value;
  }
  for (const field of ['from', 'to'])
    if (!(field in fields) && rest[field] == null) problems.push(`${field}: ${field} must be given`);
  return problems.length > 0 ? { id, error: problems.join('; ') } : { id, flow: fields as unknown as Flow };
}
