import { ArrowRight } from 'lucide-react';
import { VerdictText } from '../../components/verdict.tsx';
import type { Outputs } from '../../trpc/client.ts';
import { Ranges } from '../ranges.tsx';
import { deletionWords } from './deletion-words.ts';
import type { PoolDetail } from './pool-detail.ts';

type Preview = Outputs['pools']['previewDelete'];

/** What becomes different once the pool is gone: verdicts as the server computed them, exactly, then allocation. */
export function DeletionEffect({ pool, preview }: { pool: PoolDetail; preview: Preview }) {
  if (pool.sync?.reason === 'PoolDeletedInCluster') {
    return <p className="text-ink-1">The cluster has no such pool: for nodes and pods nothing changes.</p>;
  }
  const there = preview.inCluster.find(({ name }) => name === pool.name);
  if (there !== undefined && there.becomes !== 'deleted') {
    return <p className="text-ink-1 wrap-anywhere">{deletionWords(there)} Nodes go on as they do now.</p>;
  }
  return (
    <>
      {there !== undefined && <p className="mb-1 text-ink-1 wrap-anywhere">{deletionWords(there)}</p>}
      <p className="text-ink-1">
        {preview.equal
          ? 'No verdict changes.'
          : `These verdicts change for new connections, and nothing else${pool.facets.allocates ? ' but allocation' : ''}.`}
      </p>
      <ul className="mt-1 flex flex-col gap-2">
        <Changes changes={preview.changes} />
        {preview.onNodes.map(({ nodes, changes }) => (
          <li key={nodes[0]}>
            <p className="text-ink-1 wrap-anywhere">
              {changes.length === 0 ? 'No verdict changes' : 'These change instead'} on {namesOf(nodes)}, which{' '}
              {nodes.length === 1 ? 'has' : 'have'} other settings:
            </p>
            <ul className="mt-1 flex flex-col gap-2">
              <Changes changes={changes} />
            </ul>
          </li>
        ))}
        {pool.facets.allocates && (
          <li>No pod gets a new address from {pool.spec.cidr}. Addresses in use are not taken back.</li>
        )}
      </ul>
    </>
  );
}

function Changes({ changes }: { changes: Preview['changes'] }) {
  return changes.map(({ family, from, to, before, after }) => (
    <li key={`${family} ${from[0]} ${to[0]} ${before}`}>
      <span className="flex flex-wrap items-center gap-1.5">
        <VerdictText verdict={before} />
        <ArrowRight aria-label="becomes" className="size-3 text-ink-3" />
        <VerdictText verdict={after} />
      </span>
      <dl className="mt-0.5 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-2 [&>dt]:text-ink-3">
        <dt>from</dt>
        <dd>
          <Ranges ranges={from} />
        </dd>
        <dt>to</dt>
        <dd>
          <Ranges ranges={to} />
        </dd>
      </dl>
    </li>
  ));
}

/** The first ones, then how many more. */
const SHOWN = 4;

const namesOf = (nodes: readonly string[]): string =>
  nodes.length <= SHOWN
    ? nodes.join(', ')
    : `${nodes.slice(0, SHOWN).join(', ')} and ${(nodes.length - SHOWN).toLocaleString('en-US')} more nodes`;
