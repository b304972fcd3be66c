import type { Queryable } from '../db/client.ts';
import { NOTICE_CHANNEL, type Notice, noticeText } from '../events/notice.ts';

/** Inside a transaction it is sent with the commit, and not at all without one. */
export async function notify(db: Queryable, notice: Notice): Promise<void> {
  await db.query('SELECT pg_notify($1, $2)', [NOTICE_CHANNEL, noticeText(notice)]);
}
