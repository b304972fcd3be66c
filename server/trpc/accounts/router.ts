import { router } from '../init.ts';
import { create } from './create.ts';
import { list } from './list.ts';
import { remove } from './remove.ts';
import { setPassword } from './set-password.ts';
import { setRole } from './set-role.ts';

export const accountsRouter = router({ list, create, setRole, setPassword, remove });
