/**
 * One dedicated connection that LISTENs. NOTIFY is kept for nobody: what was sent while the connection was down is lost,
 * so `onConnected` is called after every LISTEN, and who follows a sequence asks the database what was missed.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { NOTICE_CHANNEL, type Notice, parseNotice } from './notice.ts';

export interface Listener {
  readonly connected: () => boolean;
  readonly close: () => Promise<void>;
}

export interface ListenerOptions {
  readonly connectionString: string;
  readonly onNotice: (notice: Notice) => void;
  readonly onConnected: () => void;
  /** told once each time, not with every try to come back */
  readonly onLost: (reason: string) => void;
  /** how often it asks whether the database is still there, and how long the answer may take */
  readonly probeMs?: number;
}

const RETRY_MS = 250;
/** a peer that vanished without a word is noticed by asking */
const PROBE_MS = 10_000;
/** a goodbye that nobody hears is not waited for longer */
const GOODBYE_MS = 1_000;

export function startListener(options: ListenerOptions): Listener {
  const { probeMs = PROBE_MS } = options;
  let client: pg.Client | null = null;
  let up = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  const retry = (lost: pg.Client, reason: string): void => {
    if (client !== lost || closed) return;
    client = null;
    clearTimeout(timer);
    if (up) options.onLost(reason);
    up = false;
    lost.end().catch(() => {});
    timer = setTimeout(open, RETRY_MS);
  };
  const probe = (current: pg.Client): void => {
    timer = setTimeout(() => {
      current.query('SELECT 1').then(
        () => {
          if (client === current && !closed) probe(current);
        },
        (error: unknown) => retry(current, messageOf(error)),
      );
    }, probeMs);
  };
  const open = (): void => {
    const current = new pg.Client({
      connectionString: options.connectionString,
      application_name: 'outgate-listener',
      connectionTimeoutMillis: 5_000,
      // also of LISTEN itself: who vanishes between the connection and it would never be asked again
      query_timeout: probeMs,
      keepAlive: true,
    });
    client = current;
    current.on('error', (error) => retry(current, messageOf(error)));
    current.on('end', () => retry(current, 'the connection ended'));
    current.on('notification', ({ payload }) => {
      const notice = parseNotice(payload ?? '');
      if (notice !== null) options.onNotice(notice);
    });
    current
      .connect()
      .then(() => current.query(`LISTEN ${NOTICE_CHANNEL}`))
      .then(
        () => {
          if (client !== current || closed) return;
          up = true;
          options.onConnected();
          probe(current);
        },
        (error: unknown) => retry(current, messageOf(error)),
      );
  };
  open();
  return {
    connected: () => up,
    close: async () => {
      closed = true;
      up = false;
      clearTimeout(timer);
      await Promise.race([client?.end().catch(() => {}), delay(GOODBYE_MS, null, { ref: false })]);
    },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
