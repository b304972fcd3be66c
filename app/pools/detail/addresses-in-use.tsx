'use client';
import { useQuery } from '@tanstack/react-query';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { ScrollRegion } from '../../components/scroll-region.tsx';
import { askOnce } from '../../trpc/ask-once.ts';
import { type Outputs, useTRPC } from '../../trpc/client.ts';
import { trafficWords, verdictOf } from './address-words.ts';

type Known = Extract<Outputs['cluster']['addressesInUse'], { known: true }>;

/** Who lives in the pool now, and what becomes of their traffic. The cluster is asked when this is opened, and not again. */
export function AddressesInUse({ name }: { name: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.cluster.addressesInUse.queryOptions({ name }, askOnce));
  const { data } = query;
  return (
    <section aria-label="Addresses in use" className="rounded-md border border-line bg-surface-2 px-3 py-2">
      <h3 className="text-xs font-medium text-ink-1">Addresses in use</h3>
      <div className="mt-1 flex flex-col gap-1 text-xs">
        {query.isPending && 'The cluster is being asked.'}
        {query.isError && <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />}
        {data?.known === false && (
          <>
            <p className="text-ink-1">Cannot tell which addresses are in use.</p>
            {data.missing !== null && (
              <p>
                The right <span className="machine text-ink-1">{data.missing}</span> is missing; the Cluster page has
                the role.
              </p>
            )}
            <p className="break-words text-ink-3">{data.message}</p>
          </>
        )}
        {data?.known === true && (
          <>
            <p className="text-ink-1">{verdictOf(data)}</p>
            {trafficWords(data).map((words) => (
              <p key={words}>{words}</p>
            ))}
            {data.total > 0 && <AddressTable known={data} />}
          </>
        )}
      </div>
    </section>
  );
}

function AddressTable({ known: { addresses, total } }: { known: Known }) {
  const more = total - addresses.length;
  return (
    <details>
      <summary className="w-fit rounded-sm px-0.5 py-1 text-ink-2 hover:text-ink-1">Who uses them</summary>
      <ScrollRegion label="Who uses them" className="max-h-48 overflow-auto">
        <table className="w-full text-left">
          <thead className="text-ink-3">
            <tr>
              <th className="pr-3 font-normal">Address</th>
              <th className="pr-3 font-normal">Used by</th>
              <th className="font-normal">Node</th>
            </tr>
          </thead>
          <tbody>
            {addresses.map(({ address, pod, node, purpose }) => (
              <tr key={address} className="border-t border-line-faint">
                <td className="machine whitespace-nowrap pr-3 text-ink-1">{address}</td>
                <td className="pr-3">{pod ?? purpose ?? 'nobody says'}</td>
                <td>{node ?? 'none'}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {more > 0 && <p className="text-ink-3">and {more.toLocaleString('en-US')} more</p>}
      </ScrollRegion>
    </details>
  );
}
