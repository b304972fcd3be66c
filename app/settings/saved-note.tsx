import { useHeard } from '../cluster/use-heard.ts';
import { ChangeLink } from '../components/change-link.tsx';
import { Note } from '../components/note.tsx';
import type { Outputs } from '../trpc/client.ts';
import { afterSaving, standsAfter } from './after-saving.ts';

/** The change, and with a cluster how what it was about stands there by now. */
export function SavedNote({
  change,
  version,
  objects,
  known,
}: {
  change: number;
  /** of the settings, by it */
  version: number;
  /** those that it was about */
  objects: readonly string[];
  /** null: there is no cluster, or it is not known yet */
  known: Outputs['cluster']['settings'] | null;
}) {
  const heard = useHeard();
  return (
    <Note role="status">
      Saved as <ChangeLink id={change} />. Connections that exist keep the address they have.
      {afterSaving(standsAfter(version, objects, known), heard !== false)
        .map((sentence) => ` ${sentence}`)
        .join('')}
    </Note>
  );
}
