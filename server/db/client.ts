/** The connection to PostgreSQL: Prisma and plain SQL over one pool, as the role that may not rewrite history. */
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from './generated/client.ts';

export type { PrismaClient } from './generated/client.ts';

/** Runs one SQL statement; `name` makes it a prepared statement of its connection. */
export interface Queryable {
  query<Row extends object>(text: string, values?: readonly unknown[], name?: string): Promise<Row[]>;
}

export interface Database extends Queryable {
  readonly prisma: PrismaClient;
  /** connection string, for a listener that needs a connection of its own */
  readonly url: string;
  /**
   * One transaction at READ COMMITTED; anything thrown rolls it back. Statements that are asked for together are sent together, and run
   * in the order in which they were asked for.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /** The same without a transaction: each statement sees what is committed when it begins. */
  together<T>(work: (on: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** postgresql://...; `options` in it are kept */
  readonly url: string;
  /** connections at most (default 10) */
  readonly connections?: number;
  /** an idle connection was lost; the pool opens another one by itself */
  readonly onError?: (error: Error) => void;
  /** a statement that is not answered for so long fails, and its connection goes (default 35 s) */
  readonly patienceMs?: number;
}

/** Longer than PostgreSQL itself lets a statement take (SESSION): who says nothing then is not there any more. */
const PATIENCE_MS = 35_000;

/** A transaction that hangs would hold the one row that every change needs: PostgreSQL ends it. */
const SESSION = [
  '-c role=outgate_app',
  '-c lock_timeout=10s',
  '-c statement_timeout=30s',
  '-c idle_in_transaction_session_timeout=10s',
  '-c timezone=UTC',
  // a named statement keeps its plan: made while a table was small, it would read all of it for a few names ever after
  '-c random_page_cost=1.1',
];

/** Opens lazily: the first query connects. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, connections = 10, onError = () => {}, patienceMs = PATIENCE_MS } = options;
  const pool = new pg.Pool({
    connectionString: withOptions(url),
    max: connections,
    application_name: 'outgate',
    connectionTimeoutMillis: 10_000,
    query_timeout: patienceMs,
    // one statement is not waited for before the next is sent: each wait is two changes of process, and more on a busy machine
    pipeline: true,
  });
  pool.on('error', onError);
  // a connection lost between two queries of a transaction tells nobody but the client: unheard, it ends the process
  pool.on('connect', (client) => client.on('error', onError));
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { onPoolError: onError, onConnectionError: onError }),
  });
  return {
    prisma,
    url,
    query: (text, values, name) => runOn(pool, text, values, name),
    transaction: (work) => transaction(pool, work),
    together: async (work) => {
      const client = await pool.connect();
      let answered = false;
      try {
        const result = await work(queryable(client));
        answered = true;
        return result;
      } finally {
        // what is still under way, and what that asks for next, must not come between the statements of whoever has it next
        client.release(!answered);
      }
    },
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

async function transaction<T>(pool: pg.Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  let over = false;
  const { query } = queryable(client);
  const tx: Queryable = {
    query: async (...asked) => {
      // it would run outside of it, or in somebody else's
      if (over) throw new Error('the transaction is over');
      return query(...asked);
    },
  };
  try {
    // answered before anything is sent behind it: cancelled, it would fail alone, and that be committed by itself
    await client.query('BEGIN');
    const result = await work(tx);
    over = true;
    const { command } = await client.query('COMMIT');
    // PostgreSQL's answer where a statement failed and nobody minded
    if (command !== 'COMMIT') throw new Error('nothing was committed: a statement of the transaction had failed');
    return result;
  } catch (error) {
    over = true;
    if (wasNotAnswered(error)) broken = error;
    else {
      await client.query('ROLLBACK').catch((reason: unknown) => {
        broken = reason instanceof Error ? reason : new Error(String(reason));
      });
    }
    throw error;
  } finally {
    client.release(broken); // a connection that cannot even roll back is thrown away
  }
}

const queryable = (client: pg.PoolClient): Queryable => ({
  query: (text, values, name) => runOn(client, text, values, name),
});

/** By query_timeout; the driver has no code for it. A ROLLBACK would wait behind the statement. */
const wasNotAnswered = (error: unknown): error is Error =>
  error instanceof Error && error.message === 'Query read timeout';

/** A statement that is given as a config, the driver copies property by property, which takes as long as all else that it does for it. */
async function runOn<Row extends object>(
  on: pg.Pool | pg.PoolClient,
  text: string,
  values: readonly unknown[] = [],
  name?: string,
): Promise<Row[]> {
  const query = Object.assign(new pg.Query(text, [...values]), name === undefined ? {} : { name });
  const answered = new Promise<pg.QueryResult<Row>>((resolve, reject) => {
    // the types do not know that a query of one's own may be called back about
    const ask = on.query.bind(on) as (
      query: pg.Query,
      done: (error: Error | null, result: pg.QueryResult<Row>) => void,
    ) => void;
    ask(query, (error, result) => (error ? reject(error) : resolve(result)));
  });
  try {
    return (await answered).rows;
  } catch (error) {
    // who asked, and not which packet said it
    if (error instanceof Error) Error.captureStackTrace(error);
    throw error;
  }
}

function withOptions(url: string): string {
  const parsed = new URL(url);
  const given = parsed.searchParams.get('options');
  parsed.searchParams.set('options', [...(given === null ? [] : [given]), ...SESSION].join(' '));
  return parsed.toString();
}
