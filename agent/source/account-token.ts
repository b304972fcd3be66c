/**
 * A service-account token, as the kubelet keeps it in a projected volume: the pod's own credential, replaced in the file long
 * before it expires. What it says of its node is read here for a clear error alone; the server has it reviewed.
 */
import { readFileSync } from 'node:fs';

/** The token in the file; undefined when there is none (the file holds a join token, or cannot be read). */
export function accountToken(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    const text = readFileSync(file, 'utf8').trim();
    return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text) ? text : undefined;
  } catch {
    return undefined;
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
