/** What is said of a pool that the cluster has and nobody decided about here. Pure. */
import { adoptable, buildOthers, followedWords, type OtherPool, toAdopt } from '../../cluster/other-pools.ts';
import { sourceWords } from '../../cluster/source-words.ts';
import { heldBy } from '../sync/going-words.ts';

type Evidence = Parameters<typeof sourceWords>[0]['evidence'];

/** Of a pool that was released here, or deleted here and stays there, and on whose fields our name still stands. */
export const heldFastWords = (missing: string | null): string =>
  `It is no longer decided here, and our name is still on its fields: ${
    missing === null ? 'the cluster does not take it away' : `our account must have the right to ${missing}`
  }. Until it is gone, another server-side apply of these fields meets a conflict with outgate. It is tried again.`;

/** What it does to nodes, what becomes of it, and where to go on. */
export function theirWords({
  finalizers,
  ...live
}: OtherPool & { evidence: Evidence; finalizers: readonly string[] }): {
  nodes: string;
  next: string;
  link: string;
  href: string;
} {
  const followed = 'Nodes follow it as they follow ours.';
  return {
    nodes:
      live.unreadable !== null
        ? `Calico cannot read it (${live.unreadable.why}): ${followedWords(live.unreadable)}.`
        : live.deleting
          ? [
              'It is being deleted there; until it is gone nodes follow it as they follow ours.',
              ...heldBy(finalizers),
            ].join(' ')
          : followed,
    next:
      live.standing === 'foreign'
        ? `It is changed in ${sourceWords(live)}; here it is read-only.`
        : live.unreadable !== null && !live.deleting
          ? 'It can be adopted once it is mended there.'
          : live.deleting
            ? 'It cannot be adopted any more.'
            : 'It is shown and left alone until somebody adopts it.',
    ...(adoptable(live)
      ? { link: 'Adopt it', href: toAdopt(live.name) }
      : { link: 'In the cluster', href: buildOthers({ search: live.name, standing: 'all' }) }),
  };
}
