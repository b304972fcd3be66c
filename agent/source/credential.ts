/**
 * What the node signs in by: its pod's service-account token, read anew for each request, or else its own credential, bought
 * once with the join token, kept in the state directory, good for one server and node.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readKept, writeKept } from '../kept.ts';
import { accountToken, tokenFault } from './account-token.ts';
import { type Client, fieldsOf, isRefusal, said } from './http.ts';
import { Refused } from './refused.ts';

export interface Credentials {
  /** The pod's token, else the kept one, else a new one for the join token. Rejects with what must hold. */
  get(): Promise<string>;
  /** The server refused this one: the next is asked for anew. */
  forget(refused: string): void;
}

export interface CredentialInput {
  readonly client: Client;
  readonly server: string;
  readonly node: string;
  readonly stateDir: string;
  readonly tokenFile: string | undefined;
  /** hears of a directory that cannot be written: the credential is good until the agent ends, and then bought anew */
  readonly onError: (message: string) => void;
}

export function credentials({ client, server, node, stateDir, tokenFile, onError }: CredentialInput): Credentials {
  const path = fileIn(stateDir);
  let known = keptCredential(path, server, node);
  const joinServer = async (): Promise<string> => {
    const token = joinToken(tokenFile);
    const answer = await client.post('agent/v1/join', { token, node });
    if (answer.status !== 200) {
      const message = `the server refused the join (${answer.status}): ${said(answer.text)}`;
      // the name is that of an agent that lives: this one must not write against it
      if (isRefusal(answer.text, 'NODE_NAME_TAKEN')) throw new Refused('TwoAgents', message);
      throw isRefusal(answer.text, 'AGENT_REFUSED') ? new Refused('TokenRefused', message) : new Error(message);
    }
    const credential = fieldsOf(answer.text)['credential'];
    if (typeof credential !== 'string' || credential === '') throw new Error('the server gave no credential');
    try {
      writeKept(path, `${JSON.stringify({ server, node, credential })}\n`);
    } catch (error) {
      onError(error instanceof Error ? error.message : String(error));
    }
    return credential;
  };
  // stream and reports ask at the same time: a second join would make the first credential invalid
  let joining: Promise<string> | undefined;
  return {
    async get() {
      const token = accountToken(tokenFile);
      if (token !== undefined && tokenFile !== undefined) {
        const fault = tokenFault(token, node, tokenFile);
        if (fault !== undefined) throw new Refused('TokenRefused', fault);
        return token;
      }
      if (known !== undefined) return known;
      joining ??= joinServer();
      try {
        known = await joining;
      } finally {
        joining = undefined;
      }
      return known;
    },
    forget(refused) {
      if (known !== refused) return;
      known = undefined;
      rmSync(path, { force: true });
    },
  };
}

/** Throws Refused when there is none: that is no fault of the server. */
function joinToken(file: string | undefined): string {
  if (file === undefined)
    throw new Refused('TokenRefused', 'the node has no credential: --token-file must name a join token');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refused('TokenRefused', `--token-file: must be readable: '${file}': ${why}`);
  }
}

/** Whether a node that has no join token could speak with this server all the same. */
export const hasCredential = (stateDir: string, server: string, node: string): boolean =>
  keptCredential(fileIn(stateDir), server, node) !== undefined;

const fileIn = (stateDir: string): string => join(stateDir, 'credential.json');

function keptCredential(path: string, server: string, node: string): string | undefined {
  const kept = fieldsOf(readKept(path) ?? '');
  const fits = kept['server'] === server && kept['node'] === node;
  return fits && typeof kept['credential'] === 'string' ? kept['credential'] : undefined;
}
