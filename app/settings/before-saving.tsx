import { Note } from '../components/note.tsx';
import { listed } from '../pools/sync/sync-words.ts';

/** What a save means in a cluster, said before it: who restarts, and whose fields stand in the way. */
export function BeforeSaving({
  changed,
  held,
}: {
  /** objects that would be written: null is that of all nodes */
  changed: readonly (string | null)[];
  held: readonly { object: string; field: string; managers: readonly string[] }[];
}) {
  const nodes = changed.filter((node) => node !== null);
  const where = changed.includes(null) ? 'on every node that it runs on' : `on ${listed(nodes)}, if it runs there`;
  return (
    <>
      <Note kind="warning">
        <b>Felix restarts {where}</b> when this is applied. On a real Felix a changed natPortRange took 2.7 s from the
        request to the kernel. Outgate’s own agents do not restart.
      </Note>
      {held.map(({ object, field, managers }) => (
        <Note key={`${object} ${field}`} kind="warning">
          <span className="machine text-ink-1">{field}</span> of <span className="machine text-ink-1">{object}</span> is
          held by {listed(managers)} with another value. It is saved here, and stands Contested until you apply it by
          force or take theirs: nothing is taken unasked.
        </Note>
      ))}
    </>
  );
}
