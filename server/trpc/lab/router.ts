import { router } from '../init.ts';
import { probe } from './probe.ts';
import { status } from './status.ts';

export const labRouter = router({ status, probe });
