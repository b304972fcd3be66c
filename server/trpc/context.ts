/** What a procedure knows: the services' deps, who asks, and under which request id. */
import type { SessionUser } from '../services/actor.ts';
import type { Deps } from '../services/deps.ts';

/** Where access changes, refusals and failures are logged; pino's loggers fit. */
export interface ErrorLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Context {
  readonly deps: Deps;
  readonly user: SessionUser | null;
  readonly requestId: string;
  readonly log: ErrorLog;
}

/** The same while it is being looked up who asks. */
export type Asked = Omit<Context, 'user'> & { readonly who: Promise<SessionUser | null> };
