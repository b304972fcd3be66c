/** Settings that the cluster already has and that stop Felix, or that Felix ignores in silence. */
import { z } from 'zod';
import { changedObjects, nodeOf, objectAt, placeOf } from '../../../core/cluster/felix-objects.ts';
import { type LiveFelix, modesOf, settingsOf } from '../../../core/cluster/live-settings.ts';
import { canonicalSettings } from '../../../core/nat/canonical-settings.ts';
import type { ClusterSettings } from '../../../core/nat/settings.ts';
import { stopsFelix, warnAboutSettings } from '../../../core/nat/stops-felix.ts';
import { validateSettings } from '../../../core/nat/validate-settings.ts';
import type { Pool } from '../../../core/pool/spec.ts';

/** `code`: N1-N8, W_..., or `-` for an object that cannot be read. */
export const felixProblemSchema = z.object({
  code: z.string(),
  field: z.string(),
  message: z.string(),
  /** Felix stops on it; else it does not take it, or reads no object of that name */
  stops: z.boolean(),
  /** Outgate's nodes take nothing of the object so long: what it said before stays in force on them */
  kept: z.boolean(),
});
export type FelixProblem = z.infer<typeof felixProblemSchema>;

/** What stops Felix first. `inForce`: on Outgate's nodes, which may have taken an object before a pool made it wrong. */
export function felixProblems(
  felix: readonly LiveFelix[],
  pools: readonly Pool[],
  inForce: ClusterSettings,
): FelixProblem[] {
  const settings = settingsOf(felix);
  const untaken = new Set<string | undefined>(changedObjects(canonicalSettings(settings), canonicalSettings(inForce)));
  const problems = [
    ...felix.flatMap(({ name, settings: before, problems }) =>
      problems.map(({ field, message }) => {
        // an object of another name is of no place in the settings
        const place = nodeOf(name) === undefined ? `FelixConfiguration ${name}` : placeOf(name);
        const kept = nodeOf(name) !== undefined && before !== null;
        return { code: '-', field: `${place}.${field.replace(/^spec\./, '')}`, message, stops: false, kept };
      }),
    ),
    ...validateSettings(settings, pools).map(({ rule, field, message }) => ({
      code: rule,
      field,
      message,
      stops: rule === 'N3' && stopsFelix(textAt(settings, field)),
      kept: untaken.has(objectAt(field)),
    })),
    ...warnAboutSettings(settings, pools, modesOf(felix)).map((warning) => ({ ...warning, stops: true, kept: false })),
  ];
  return problems.sort((a, b) => Number(b.stops) - Number(a.stops));
}

/** The port range at `global.natPortRange` or `nodes.<name>.natPortRange`; a node's name has dots. */
function textAt({ global, nodes }: ClusterSettings, field: string): string {
  const own = field.startsWith('nodes.') ? nodes[field.slice('nodes.'.length, field.lastIndexOf('.'))] : global;
  return own?.natPortRange ?? '';
}
