/** What is decided about settings is shown to the cluster before it is saved. */
import { changedObjects, placeOf, settingsIn } from '../../../core/cluster/felix-objects.ts';
import type { ClusterSettings } from '../../../core/nat/settings.ts';
import type { Violation } from '../../../core/pool/spec.ts';
import { AppError } from '../app-error.ts';
import type { Deps } from '../deps.ts';

/**
 * Asks the cluster by a dry run about the objects that change, and `forced` all the same. Who holds a field is no refusal:
 * that is decided about later, with a reason. Throws SETTINGS_VIOLATIONS with its own words; one that is not
 * heard, or does not answer in 2 s, refuses nothing.
 */
export async function rehearseSettings(
  { cluster }: Pick<Deps, 'cluster'>,
  before: ClusterSettings,
  after: ClusterSettings,
  forced: readonly string[] = [],
): Promise<void> {
  if (cluster === null) return;
  const objects = [...changedObjects(before, after), ...forced];
  const refused = await cluster.rehearseSettings(new Map(objects.map((object) => [object, settingsIn(after, object)])));
  const violations: Violation[] = refused.flatMap(({ object, causes }) =>
    causes.map(({ field, message }) => ({ rule: 'API', field: `${placeOf(object)}.${field}`, message })),
  );
  if (violations.length === 0) return;
  const said = violations.map(({ field, message }) => `${field}: ${message}`).join('; ');
  throw new AppError('SETTINGS_VIOLATIONS', `the cluster would refuse it: ${said}`, { violations });
}
