/**
 * The API server that all files of the part `cluster` share. It holds Calico's types of the group projectcalico.org and
 * the users below. A test removes what it makes; one that stops, freezes or kills a server starts its own.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, inject } from 'vitest';
import { calicoPath, PLURALS } from './install-crds.ts';
import { must, type Target } from './request.ts';
import type { Reachable } from './start-api-server.ts';

/**
 * `outgate` signs in as the chart's own service account with the chart's own roles, so that a right that the chart lacks fails
 * here. `nobody` may do what tests grant (rights.ts): at first nothing.
 */
export const USERS: Readonly<Record<string, readonly string[]>> = { outgate: [], nobody: [] };

/** What can be handed from the process that owns the server to those that run tests. */
export interface SharedServer {
  readonly url: string;
  readonly port: number;
  readonly caFile: string;
  readonly keyFile: string;
  readonly kubeconfig: string;
  readonly kubectl: string;
  readonly helm: string;
  readonly tokens: Readonly<Record<string, string>>;
}

/** Call it once, at the top of the file: its tests begin without pools and settings. */
export function sharedServer(): Reachable & Pick<SharedServer, 'helm'> {
  const { tokens, ...rest } = inject('cluster');
  const ca = readFileSync(rest.caFile, 'utf8');
  const server: Reachable & Pick<SharedServer, 'helm'> = {
    ...rest,
    as(name): Target {
      const token = tokens[name];
      if (token === undefined) throw new Error(`user must be among ${Object.keys(tokens).join(', ')}: "${name}"`);
      return { url: rest.url, ca, token };
    },
  };
  // a server of the file before may have written while it ended, after its test had cleaned up
  beforeAll(async () => {
    for (const plural of PLURALS) await must(server.as('admin'), 'DELETE', calicoPath('v3', plural));
  });
  return server;
}
