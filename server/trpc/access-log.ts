/** Accounts and tokens are not part of the effective state, so History does not have them: the log does. */
import type { Context } from './context.ts';

export function logAccess(ctx: Context, access: string, target: string): void {
  ctx.log.info({ requestId: ctx.requestId, access, actor: ctx.user?.email ?? null, target }, 'access');
}
