import { router } from '../init.ts';
import { complete } from './complete.ts';
import { flow } from './flow.ts';
import { flows } from './flows.ts';

export const simulateRouter = router({ flow, flows, complete });
