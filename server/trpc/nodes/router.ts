import { router } from '../init.ts';
import { forget } from './forget.ts';
import { get } from './get.ts';
import { list } from './list.ts';

export const nodesRouter = router({ list, get, forget });
