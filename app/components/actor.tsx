import { Boxes } from 'lucide-react';

export interface ActedAs {
  /** an account, or the field manager under which somebody wrote in the cluster */
  actor: string;
  role: string;
}

/**
 * Who made a change. A field manager is whatever its writer calls itself, an account's address too: the words that say so
 * stand before it, where nothing cuts them off, and it is set as what a machine said.
 */
export function Actor({ actor, role }: ActedAs) {
  if (role !== 'cluster') {
    return (
      <>
        {actor}, <span className="text-ink-3">{role}</span>
      </>
    );
  }
  return (
    <>
      <Boxes aria-hidden className="mr-1 inline size-3 align-[-0.125em] text-ink-3" />
      field manager <span className="machine">{actor}</span>
    </>
  );
}
