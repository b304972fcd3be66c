import { router } from '../init.ts';
import { series } from './series.ts';

export const overviewRouter = router({ series });
