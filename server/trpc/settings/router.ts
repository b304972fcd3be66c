import { router } from '../init.ts';
import { get } from './get.ts';
import { preview } from './preview.ts';
import { update } from './update.ts';

export const settingsRouter = router({ get, preview, update });
