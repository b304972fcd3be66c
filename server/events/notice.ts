/**
 * What the servers tell each other through PostgreSQL's NOTIFY: which row moved, never its contents. It is sent in the
 * transaction that moved the row, so nobody hears of a change that did not happen.
 */
import { z } from 'zod';

export const NOTICE_CHANNEL = 'outgate';

export const noticeSchema = z.discriminatedUnion('kind', [
  /** a change was written: every sequence up to this one is in the change table; `pool`: it touched this one and nothing else */
  z.object({ kind: z.literal('change'), sequence: z.int(), pool: z.string().optional() }),
  /** the cluster says something else: every live change up to this one is in the log */
  z.object({ kind: z.literal('live'), sequence: z.int() }),
  /** how pools or settings of ours stand in the cluster is another */
  z.object({ kind: z.literal('sync') }),
  /** the leader told anew how its watch of the cluster stands */
  z.object({ kind: z.literal('watch') }),
  /** Node objects of the cluster came, went or say something else */
  z.object({ kind: z.literal('nodes') }),
  /** a node reported */
  z.object({ kind: z.literal('node'), node: z.string() }),
  /** a node joined anew, has another agent, or was forgotten: streams look again whether they may go on */
  z.object({ kind: z.literal('credential'), node: z.string() }),
  /** accounts, roles, sessions, join tokens or API tokens moved */
  z.object({ kind: z.literal('access') }),
]);
export type Notice = z.infer<typeof noticeSchema>;

/** The payload for `pg_notify('outgate', payload)`. */
export const noticeText = (notice: Notice): string => JSON.stringify(notice);

/** Null for a payload that is none of ours. */
export function parseNotice(payload: string): Notice | null {
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return null;
  }
  const parsed = noticeSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}
