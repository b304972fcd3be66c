/** The API without HTTP on a real database: callers by role, and what tests look at behind it. */
import { TRPCError } from '@trpc/server';
import { type TestDatabase, testDatabase } from '../db/testing.ts';
import { makeHub } from '../events/hub.ts';
import type { Actor, Role } from '../services/actor.ts';
import type { Deps } from '../services/deps.ts';
import { makeCounters } from '../state/counters.ts';
import { openStateCache } from '../state/state-cache.ts';
import { type ErrorFields, errorDataOf } from '../trpc/error-data.ts';
import { createCaller } from '../trpc/router.ts';

export type Caller = ReturnType<typeof createCaller>;

/** Who decides where a test calls a service itself. */
export const editor: Actor = { id: null, name: 'editor', role: 'editor' };

export interface TestApi {
  readonly database: TestDatabase;
  /** a deps of its own, as another server process on the same database has */
  deps(): Promise<Deps>;
  /** `null`: not signed in */
  caller(role: Role | null, name?: string): Caller;
  /** what was logged as error: defects */
  readonly defects: object[];
  setNow(now: Date | null): void;
  close(): Promise<void>;
}

export async function testApi(): Promise<TestApi> {
  const database = await testDatabase();
  const defects: object[] = [];
  let fixed: Date | null = null;
  const makeDeps = async (): Promise<Deps> => {
    const state = await openStateCache({ db: database.db });
    return {
      db: database.db,
      state,
      effective: state,
      cluster: null,
      counters: makeCounters(database.db),
      now: () => fixed ?? new Date(),
      hub: makeHub(),
      lab: null,
      version: '0.0.0',
    };
  };
  const deps = await makeDeps();
  const log = { info: () => {}, warn: () => {}, error: (fields: object) => void defects.push(fields) };
  return {
    database,
    deps: makeDeps,
    caller: (role, name = role ?? 'nobody') =>
      createCaller({
        deps,
        who: Promise.resolve(role === null ? null : { id: name, name, email: `${name}@outgate.example`, role }),
        requestId: 'test-request',
        log,
      }),
    defects,
    setNow: (now) => {
      fixed = now;
    },
    close: () => database.close(),
  };
}

/** What a caller outside would see of the error; fails when there is none. */
export async function refusal(call: Promise<unknown>): Promise<ErrorFields & { code: string; message: string }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error;
    const { message, fields } = errorDataOf(error, 'test-request');
    return { code: error.code, message, ...fields };
  }
  throw new Error('the call must be refused');
}
