import { router } from '../init.ts';
import { subscribe } from './subscribe.ts';

export const eventsRouter = router({ subscribe });
