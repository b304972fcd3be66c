/** What tests of the agents' doors ask for again and again. */
import { expect } from 'vitest';
import type { Report } from '../../core/wire/report.ts';
import type { StreamMessage } from '../../core/wire/state.ts';
import type { FileServer } from './file-server.ts';
import { type Answer, mutate, post } from './test-client.ts';

export const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

/** Accepts stream messages of one type. */
export const type = (wanted: StreamMessage['type']) => (message: StreamMessage) => message.type === wanted;

export interface AgentDoors {
  report(credential: string, body: Partial<Report> | string): Promise<Answer>;
  join(token: string, node: string, headers?: Record<string, string>): Promise<Answer>;
  /** `{joinToken, token}` */
  makeToken(input: object): Promise<Answer['body']>;
  /** a pool that no other call makes */
  makePool(): Promise<{ name: string; change: number; revision: string }>;
}

export function agentDoors(server: FileServer): AgentDoors {
  let pools = 0;
  return {
    report: (credential, body) => post(`${server.address}/agent/v1/report`, body, bearer(credential)),
    join: (token, node, headers = {}) => post(`${server.address}/agent/v1/join`, { token, node }, headers),
    makeToken: async (input) =>
      (await mutate(server.address, 'joinTokens.create', input, server.cookie)).body.result.data,
    makePool: async () => {
      const name = `agents-${++pools}`;
      const spec = { cidr: `10.${pools}.0.0/16`, natOutgoing: true };
      const made = await mutate(server.address, 'pools.create', { name, spec }, server.cookie);
      expect(made.status).toBe(200);
      return { name, change: made.body.result.data.change.id, revision: made.body.result.data.revision };
    },
  };
}
