/**
 * A function that takes long, in a thread of its own: the server answers others meanwhile. The thread is started with the
 * first call, does one call after the other, and ends when nobody asked for a while.
 */
import { Worker } from 'node:worker_threads';
import { AppError } from './app-error.ts';

export interface Thread<In, Out> {
  /** Throws TOO_MANY_ATTEMPTS when too many wait already, and what went wrong in the thread. */
  run(input: In): Promise<Out>;
}

interface Call<Out> {
  readonly resolve: (value: Out) => void;
  readonly reject: (error: unknown) => void;
}

const IDLE_MS = 30_000;
const RETRY_SECONDS = 5;

/** `entry` answers each message of its parent port with one message; `most` calls run or wait at once. */
export function makeThread<In, Out>(entry: URL, most: number): Thread<In, Out> {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  const calls: Call<Out>[] = [];

  const end = (): void => {
    void worker?.terminate();
    worker = undefined;
  };
  const fail = (error: unknown): void => {
    end();
    for (const { reject } of calls.splice(0)) reject(error);
  };
  const start = (): Worker => {
    const made = new Worker(entry, { execArgv: [] });
    const ifCurrent = (act: () => void): void => {
      if (worker === made) act();
    };
    made.on('message', (answer: Out) => {
      calls.shift()?.resolve(answer);
      if (calls.length > 0) return;
      made.unref();
      idle = setTimeout(end, IDLE_MS).unref();
    });
    made.on('error', (error) => ifCurrent(() => fail(error)));
    made.on('exit', (code) => ifCurrent(() => fail(new Error(`the thread ended with ${code}`))));
    return made;
  };
  return {
    run: (input) => {
      if (calls.length >= most) {
        const message = `too many texts are being read: ask again in ${RETRY_SECONDS} s`;
        return Promise.reject(new AppError('TOO_MANY_ATTEMPTS', message, { retryAfter: RETRY_SECONDS }));
      }
      clearTimeout(idle);
      worker ??= start();
      worker.ref();
      const { promise, resolve, reject } = Promise.withResolvers<Out>();
      calls.push({ resolve, reject });
      worker.postMessage(input);
      return promise;
    },
  };
}
