/** One server, its database and an admin's cookie for all tests of a file. */
import { afterAll, beforeAll, expect } from 'vitest';
import type { Database } from '../db/client.ts';
import { type TestDatabase, testDatabase } from '../db/testing.ts';
import { type Answer, cookieOf, mutate, query } from './test-client.ts';
import { startServer, type TestServer, type Variables } from './test-server.ts';

export interface FileServer {
  readonly address: string;
  readonly cookie: string;
  readonly db: Database;
  /** connection string of the database, for another server on it */
  readonly databaseUrl: string;
  /** What the admin's query is answered with; fails where it is refused. */
  ask(procedure: string, input?: unknown): Promise<Answer['body']>;
  /** The same of a mutation. */
  tell(procedure: string, input: unknown): Promise<Answer['body']>;
}

/** Call it once, at the top of the file; what it returns can be read inside tests. */
export function serverOfFile(variables?: Variables): FileServer {
  let database: TestDatabase | undefined;
  let server: TestServer | undefined;
  let cookie: string | undefined;
  beforeAll(async () => {
    database = await testDatabase();
    server = await startServer(database.url, variables);
    cookie = await cookieOf(server.address);
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    await database?.close();
  });
  const given = ({ status, body }: Answer): Answer['body'] => {
    expect(status, JSON.stringify(body)).toBe(200);
    return body.result.data;
  };
  return {
    ask: async (procedure, input) => given(await query(there(server).address, procedure, input, there(cookie))),
    tell: async (procedure, input) => given(await mutate(there(server).address, procedure, input, there(cookie))),
    get address() {
      return there(server).address;
    },
    get cookie() {
      return there(cookie);
    },
    get db() {
      return there(database).db;
    },
    get databaseUrl() {
      return there(database).url;
    },
  };
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the server is there inside tests alone');
  return value;
}
