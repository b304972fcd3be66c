/** `/livez`: the process answers. `/readyz`: it can do its work, or what it waits for. */
import type { Room } from './edge.ts';
import { sendJson, sendText } from './problem.ts';

/** Each part by name; null is ready, a text says what it waits for. */
export type Readiness = Readonly<Record<string, string | null>>;

export function healthRooms(readiness: () => Promise<Readiness>): readonly Room[] {
  return [
    { path: '/livez', handle: ({ res }) => sendText(res, 200, 'text/plain', 'ok\n') },
    {
      path: '/readyz',
      handle: async ({ res }) => {
        const parts = await readiness();
        const waiting = Object.entries(parts).filter(([, reason]) => reason !== null);
        sendJson(res, waiting.length === 0 ? 200 : 503, {
          ready: waiting.length === 0,
          waiting: waiting.map(([part, reason]) => ({ part, reason })),
        });
      },
    },
  ];
}
