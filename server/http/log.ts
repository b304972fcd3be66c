/** Structured logs on stdout, one JSON object a line. Nothing that signs in ever reaches them: no headers, no bodies, no queries. */
import pino from 'pino';

export type Log = pino.Logger;

export const makeLog = (level: string): Log =>
  pino({
    level,
    base: { process: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { error: pino.stdSerializers.err },
  });
