import { router } from '../init.ts';
import { createAdmin } from './create-admin.ts';

export const setupRouter = router({ createAdmin });
