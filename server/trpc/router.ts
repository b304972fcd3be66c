/** The API. Each router has a folder, each procedure a file. */

import { accountsRouter } from './accounts/router.ts';
import { eventsRouter } from './events/router.ts';
import { createCallerFactory, router } from './init.ts';
import { joinTokensRouter } from './join-tokens/router.ts';
import { labRouter } from './lab/router.ts';
import { poolsRouter } from './pools/router.ts';
import { sessionRouter } from './session/router.ts';
import { setupRouter } from './setup/router.ts';
export const appRouter = router({
  setup: setupRouter,
  session: sessionRouter,
  lab: labRouter,
  joinTokens: joinTokensRouter,
  events: eventsRouter,
  accounts: accountsRouter,
  pools: poolsRouter,
});
export type AppRouter = typeof appRouter;

/** Calls procedures without HTTP. */
export const createCaller = createCallerFactory(appRouter);
