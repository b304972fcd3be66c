/** The connection as the leader of one term has it: nothing is sent, and nothing comes back, when it holds no longer. */
import { TermOver } from '../db/live.ts';
import type { Connection } from '../kube/connection.ts';
import type { Tenure } from '../kube/tenure.ts';

/** All of it rejects with TermOver then. It is not this one's to close. */
export function termConnection(connection: Connection, tenure: Tenure): Connection {
  const guarded = async <T>(given: AbortSignal | undefined, send: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    if (!tenure.holds()) throw new TermOver('the lease holds no longer');
    const signal = given === undefined ? tenure.signal : AbortSignal.any([given, tenure.signal]);
    try {
      return await send(signal);
    } catch (error) {
      throw tenure.signal.aborted ? new TermOver('the lease holds no longer') : error;
    }
  };
  return {
    server: connection.server,
    call: (call) => guarded(call.signal, (signal) => connection.call({ ...call, signal, mayGo: tenure.holds })),
    stream: (path, given) => guarded(given, (signal) => connection.stream(path, signal)),
    close: async () => {},
  };
}
