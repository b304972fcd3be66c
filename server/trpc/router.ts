/** The API. Each router has a folder, each procedure a file. */
import { accountsRouter } from './accounts/router.ts';
import { apiTokensRouter } from './api-tokens/router.ts';
import { changesRouter } from './changes/router.ts';
import { clusterRouter } from './cluster/router.ts';
import { eventsRouter } from './events/router.ts';
import { createCallerFactory, router } from './init.ts';
import { joinTokensRouter } from './join-tokens/router.ts';
import { labRouter } from './lab/router.ts';
import { nodesRouter } from './nodes/router.ts';
import { overviewRouter } from './overview/router.ts';
import { poolsRouter } from './pools/router.ts';
import { sessionRouter } from './session/router.ts';
import { settingsRouter } from './settings/router.ts';
import { setupRouter } from './setup/router.ts';
import { simulateRouter } from './simulate/router.ts';
import { statusRouter } from './status/router.ts';

export const appRouter = router({
  accounts: accountsRouter,
  apiTokens: apiTokensRouter,
  changes: changesRouter,
  cluster: clusterRouter,
  events: eventsRouter,
  joinTokens: joinTokensRouter,
  lab: labRouter,
  nodes: nodesRouter,
  overview: overviewRouter,
  pools: poolsRouter,
  session: sessionRouter,
  settings: settingsRouter,
  setup: setupRouter,
  simulate: simulateRouter,
  status: statusRouter,
});
export type AppRouter = typeof appRouter;

/** Calls procedures without HTTP. */
export const createCaller = createCallerFactory(appRouter);
