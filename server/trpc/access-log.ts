/** Accounts and tokens are not part of the effective state, so History does not have them: the log does. */
import { actorOf } from '../services/actor.ts';
import type { Context } from './context.ts';

export function logAccess(ctx: Context, access: string, target: string): void {
  const actor = ctx.user === null ? null : actorOf(ctx.user).name;
  ctx.log.info({ requestId: ctx.requestId, access, actor, target }, 'access');
}
