import { Boxes } from 'lucide-react';
import { UNKNOWN_WRITER } from '../../core/cluster/writer.ts';

export interface ActedAs {
  /** an account, or the field manager under which somebody wrote in the cluster */
  actor: string;
  role: string;
  action: string;
  reason: string | null;
}

/** The cluster's Node objects have other addresses, whoever wrote them; a reason says what else it was. */
export const isByNodes = ({ actor, role, action, reason }: ActedAs): boolean =>
  role === 'cluster' && action === 'hosts.update' && actor === UNKNOWN_WRITER && reason === null;

/**
 * Who made a change. A field manager is whatever its writer calls itself, an account's address too: the words that say so
 * stand before it, where nothing cuts them off, and it is set as what a machine said.
 */
export function Actor(acted: ActedAs) {
  const { actor, role } = acted;
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
      {isByNodes(acted) ? (
        'the cluster’s Node objects'
      ) : (
        <>
          field manager <span className="machine">{actor}</span>
        </>
      )}
    </>
  );
}
