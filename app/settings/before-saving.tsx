import { Note } from '../components/note.tsx';
import { listed } from '../pools/sync/sync-words.ts';

/** Who restarts when a save is applied in a cluster, said before it. `changed`: objects that would be written; null is that of all nodes. */
export function BeforeSaving({ changed }: { changed: readonly (string | null)[] }) {
  const nodes = changed.filter((node) => node !== null);
  const where = changed.includes(null) ? 'on every node that it runs on' : `on ${listed(nodes)}, if it runs there`;
  return (
    <Note kind="warning">
      <b>Felix restarts {where}</b> when this is applied. On a real Felix a changed natPortRange took 2.7 s from the
      request to the kernel. Outgate’s own agents do not restart.
    </Note>
  );
}
