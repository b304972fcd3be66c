/**
 * A service-account token, as the kubelet keeps it in a projected volume: the pod's own credential, replaced in the file long
 * before it expires. What it says of its node is read here for a clear error alone; the server has it reviewed.
 */
import { readFileSync, statSync } from 'node:fs';

/** The token in the file; undefined when there is none (the file holds a join token, or cannot be read). */
export function accountToken(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    const text = readFileSync(file, 'utf8').trim();
    // a join token that somebody chose may have dots, too: this begins with `{"`
    return /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Far above a join token and what an API server signs. */
const LONGEST_TOKEN = 16 * 1024;

/** Why the file holds no token for this node, its bytes never quoted; undefined when it may hold one. */
export function tokenFileFault(file: string, node: string): string | undefined {
  const must = (what: string): string => `--token-file: ${what}: '${file}'`;
  try {
    const found = statSync(file);
    // a pipe may have no end, and is empty when it is read again
    if (!found.isFile()) return must('must be a regular file');
    const { size } = found;
    if (size > LONGEST_TOKEN) return must(`must hold a token of at most ${LONGEST_TOKEN} bytes, and holds ${size}`);
    const text = readFileSync(file, 'utf8').trim();
    if (text === '') return must('must hold a token, and is empty');
    // a join token that somebody chose may have blanks; U+FFFD stands for what is no UTF-8
    if (/[\p{Cc}\uFFFD]/u.test(text)) return must('must hold a token in one line of text');
    const token = accountToken(file);
    return token === undefined ? undefined : tokenFault(token, node, file);
  } catch (error) {
    return must(`must be readable: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What must hold for this token to speak for the node; undefined when it does. */
export function tokenFault(token: string, node: string, file: string): string | undefined {
  const bound = nodeOf(token);
  if (bound === undefined) return `--token-file: the token must be bound to a pod on a node, and names none: '${file}'`;
  return bound === node ? undefined : `--node: must be the node that the token is for, '${bound}': '${node}'`;
}

function nodeOf(token: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const of = (claims as { 'kubernetes.io'?: { node?: { name?: unknown } } } | null)?.['kubernetes.io'];
    return typeof of?.node?.name === 'string' ? of.node.name : undefined;
  } catch {
    return undefined;
  }
}
