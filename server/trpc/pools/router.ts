import { router } from '../init.ts';
import { create } from './create.ts';
import { remove } from './delete.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { update } from './update.ts';

export const poolsRouter = router({ list, get, create, update, delete: remove });
