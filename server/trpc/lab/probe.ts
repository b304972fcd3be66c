import { z } from 'zod';
import { answerSchema } from '../../../core/nat/verdict.ts';
import { probeProtos } from '../../services/lab/lab.ts';
import { probeLab } from '../../services/lab/probe.ts';
import { editorProcedure } from '../init.ts';

/** Sends a real connection: more than a look, so it takes an editor. */
export const probe = editorProcedure
  .input(
    z.strictObject({ from: z.string().max(300), to: z.string().max(300), proto: z.enum(probeProtos).default('tcp') }),
  )
  .output(
    z.object({
      predicted: answerSchema.pick({ verdict: true, code: true, source: true }),
      observed: z.object({ source: z.object({ address: z.string(), port: z.int() }) }),
      agree: z.boolean(),
    }),
  )
  .mutation(({ ctx, input }) => probeLab(ctx.deps, input));
