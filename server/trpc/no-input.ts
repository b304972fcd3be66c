import { z } from 'zod';

/** Procedures that ask nothing accept nothing, or `{}`. */
export const noInput = z.strictObject({}).optional();
