/** Settings that the cluster already has and that stop Felix, or that Felix ignores in silence. */
import { z } from 'zod';
import { placeOf } from '../../../core/cluster/felix-objects.ts';
import { type LiveFelix, modesOf, settingsOf } from '../../../core/cluster/live-settings.ts';
import { warnAboutSettings } from '../../../core/nat/stops-felix.ts';
import { validateSettings } from '../../../core/nat/validate-settings.ts';
import type { Pool } from '../../../core/pool/spec.ts';

/** `code`: N1-N7, W_..., or `-` for an object that cannot be read. */
export const felixProblemSchema = z.object({ code: z.string(), field: z.string(), message: z.string() });
export type FelixProblem = z.infer<typeof felixProblemSchema>;

export function felixProblems(felix: readonly LiveFelix[], pools: readonly Pool[]): FelixProblem[] {
  const settings = settingsOf(felix);
  return [
    ...felix.flatMap(({ name, problems }) =>
      problems.map(({ field, message }) => ({
        code: '-',
        field: `${placeOf(name)}.${field.replace(/^spec\./, '')}`,
        message,
      })),
    ),
    ...validateSettings(settings, pools).map(({ rule, field, message }) => ({ code: rule, field, message })),
    ...warnAboutSettings(settings, pools, modesOf(felix)),
  ];
}
