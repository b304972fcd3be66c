import { labStatusSchema } from '../../services/lab/lab.ts';
import { labStatus } from '../../services/lab/probe.ts';
import { viewerProcedure } from '../init.ts';

export const status = viewerProcedure.output(labStatusSchema).query(({ ctx }) => labStatus(ctx.deps));
