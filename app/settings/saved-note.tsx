import { useHeard } from '../cluster/use-heard.ts';
import { ChangeLink } from '../components/change-link.tsx';
import { Note } from '../components/note.tsx';
import { afterSaving } from './after-saving.ts';
import type { SettingsObject } from './in-cluster.tsx';

/** The change, and with a cluster how what it was about stands there by now. */
export function SavedNote({
  change,
  objects,
  known,
}: {
  change: number;
  /** those that it was about */
  objects: readonly string[];
  /** those of the cluster; one that is not among them has nothing left that is decided here. Null: there is no cluster */
  known: readonly SettingsObject[] | null;
}) {
  const heard = useHeard();
  const stands = objects.map(
    (object) => known?.find((one) => one.object === object) ?? { object, sync: null, rows: [] },
  );
  return (
    <Note role="status">
      Saved as <ChangeLink id={change} />. Connections that exist keep the address they have.
      {known !== null && ` ${afterSaving(stands, heard !== false).join(' ')}`}
    </Note>
  );
}
