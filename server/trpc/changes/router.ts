import { router } from '../init.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { previewRevert, revert } from './revert.ts';

export const changesRouter = router({ list, get, revert, previewRevert });
